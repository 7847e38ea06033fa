/**
 * Heliostat: a self-hosted, OpenAI-compatible routing gateway for image models.
 */
@NullMarked
package dev.heliostat;

import org.jspecify.annotations.NullMarked;
