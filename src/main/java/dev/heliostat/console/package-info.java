/**
 * Web pages for people: models, playground, own generations, documents.
 */
@NullMarked
package dev.heliostat.console;

import org.jspecify.annotations.NullMarked;
