package dev.heliostat.generation;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import dev.heliostat.access.BudgetTexts;
import dev.heliostat.access.Budgets;
import dev.heliostat.ledger.Reservation.Notice;
import dev.heliostat.media.EgressGuard;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tells operators of budgets that run low, in the log and at their webhook.
 */
final class BudgetNotices {

	private static final Logger logger = LoggerFactory.getLogger(BudgetNotices.class);

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private static final Duration TIMEOUT = Duration.ofSeconds(15);

	private static final Retry AGAIN = Retry.backoff(4, Duration.ofSeconds(2));

	private final Budgets budgets;

	private final WebhookMessages messages;

	private final EgressGuard guard;

	private final BudgetNoticeProperties properties;

	private final Clock clock;

	BudgetNotices(Budgets budgets, WebhookMessages messages, EgressGuard guard, BudgetNoticeProperties properties,
			Clock clock) {
		this.budgets = budgets;
		this.messages = messages;
		this.guard = guard;
		this.properties = properties;
		this.clock = clock;
	}

	/** Goes on by itself. */
	void tell(String project, Notice notice, String warning) {
		logger.warn("{} (project {})", warning, project);
		this.properties.webhookUrl()
			.ifPresent(url -> this.messages.secrets(project)
				.flatMap(secrets -> post(url, secrets, notice, warning))
				.retryWhen(AGAIN)
				.subscribe(null, failure -> logger.warn("The webhook could not be told of budget {}: {}",
						notice.account().budget(), failure.getMessage())));
	}

	private Mono<Integer> post(URI url, List<String> secrets, Notice notice, String warning) {
		Instant now = this.clock.instant();
		byte[] body = JSON.writeValueAsBytes(body(notice, warning, now));
		String id = "msg_" + notice.account().budget() + "_" + notice.account().windowStart()
				+ notice.account().endUser();
		Map<String, String> headers = WebhookSender.signed(id, now, secrets, new String(body, StandardCharsets.UTF_8));
		return this.guard.post(url, headers, body, TIMEOUT)
			.filter(status -> status < 500)
			.switchIfEmpty(Mono.error(() -> new IllegalStateException("the receiver failed")));
	}

	private ObjectNode body(Notice notice, String warning, Instant now) {
		ObjectNode body = JsonNodeFactory.instance.objectNode();
		body.put("type", "budget.low").put("timestamp", now.toString());
		ObjectNode data = body.putObject("data");
		data.put("budget", notice.account().budget());
		this.budgets.find(notice.account().budget())
			.ifPresent(budget -> data.put("owner_kind", budget.owner().kind().key())
				.put("owner", budget.owner().id())
				.put("window", budget.terms().window().key()));
		data.put("measure", notice.measure().key());
		data.put("amount", BudgetTexts.decimal(notice.measure(), notice.limit()));
		data.put("taken", BudgetTexts.decimal(notice.measure(), notice.taken()));
		data.put("message", warning);
		return body;
	}

}
