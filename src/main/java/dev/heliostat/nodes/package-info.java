/**
 * What the nodes of one gateway tell each other, and the Redis that they do it through.
 * Nothing in it may be needed: whatever passes here may be lost.
 */
@NullMarked
package dev.heliostat.nodes;

import org.jspecify.annotations.NullMarked;
