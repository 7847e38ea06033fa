/**
 * The native API for operators.
 */
@NullMarked
package dev.heliostat.admin;

import org.jspecify.annotations.NullMarked;
