package dev.heliostat.generation;

import java.net.URI;
import java.util.Optional;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * How operators hear of budgets that run low.
 *
 * @param webhookUrl is told once in each window of a budget, signed as Standard Webhooks
 * says with the secret of the project
 */
@ConfigurationProperties(prefix = "heliostat.budgets", ignoreUnknownFields = false)
record BudgetNoticeProperties(Optional<URI> webhookUrl) {
}
