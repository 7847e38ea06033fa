/**
 * The protocol of jobs: one request creates a job, which is then followed to its end.
 */
@NullMarked
package dev.heliostat.provider.job;

import org.jspecify.annotations.NullMarked;
