/**
 * The domain: request, picture, provider, money, errors.
 */
@NullMarked
package dev.heliostat.image;

import org.jspecify.annotations.NullMarked;
