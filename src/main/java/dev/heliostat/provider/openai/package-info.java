/**
 * The synchronous Images protocol of OpenAI.
 */
@NullMarked
package dev.heliostat.provider.openai;

import org.jspecify.annotations.NullMarked;
