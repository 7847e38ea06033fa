package dev.heliostat.admin;

import java.time.Clock;
import java.util.List;
import java.util.Optional;

import dev.heliostat.access.Actor;
import dev.heliostat.access.AuditLog;
import dev.heliostat.generation.OwnGenerations;
import dev.heliostat.image.GatewayError;
import dev.heliostat.ledger.LedgerKeeper;
import dev.heliostat.ledger.Webhooks;
import dev.heliostat.ledger.Webhooks.Delivery;
import dev.heliostat.ledger.Webhooks.Message;
import dev.heliostat.media.MediaPurge;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What operators do about what is kept and what is told: delete pictures, apply the
 * retention now, and send messages about ends once more.
 */
public final class Housekeeping {

	private static final Logger logger = LoggerFactory.getLogger(Housekeeping.class);

	private final OwnGenerations generations;

	private final Webhooks webhooks;

	private final LedgerKeeper keeper;

	private final MediaPurge purge;

	private final AuditLog audit;

	private final Clock clock;

	Housekeeping(OwnGenerations generations, Webhooks webhooks, LedgerKeeper keeper, MediaPurge purge, AuditLog audit,
			Clock clock) {
		this.generations = generations;
		this.webhooks = webhooks;
		this.keeper = keeper;
		this.purge = purge;
		this.audit = audit;
		this.clock = clock;
	}

	/** Deletes the pictures of a generation before their time. */
	public Mono<Void> deleteMedia(Actor actor, String id) {
		return this.generations.deleteMediaOfAny(id).then(record(actor, "media.delete", id));
	}

	/** Begins to delete what is older than its retention; goes on by itself. */
	public Mono<ObjectNode> applyRetention(Actor actor) {
		return record(actor, "retention.run", "store").then(Mono.fromSupplier(() -> {
			this.keeper.tidyNow()
				.then(this.purge.purge())
				.subscribeOn(Schedulers.boundedElastic())
				.subscribe(null,
						failure -> logger.warn("Old rows could not be deleted; trying again later: {}",
								failure.getMessage()),
						() -> logger.info("What is older than its retention is deleted"));
			return JsonNodeFactory.instance.objectNode()
				.put("object", "retention")
				.put("generations_days", this.keeper.retention().toDays())
				.put("usage_days", this.keeper.usageRetention().toDays())
				.put("started", this.clock.instant().getEpochSecond());
		}));
	}

	private Mono<Void> record(Actor actor, String action, String target) {
		return this.audit.change(actor, (jdbc, entries) -> {
			entries.add(action, target, Optional.empty(), JsonNodeFactory.instance.objectNode());
			return true;
		}).then();
	}

	/** Messages about the ends of generations, youngest first. */
	public Mono<List<ObjectNode>> webhooks(Optional<String> after, boolean waiting, int limit) {
		return this.webhooks.list(after, waiting, limit)
			.map(found -> found.stream().map(message -> json(message, Optional.empty())).toList());
	}

	/** The message about one, with every try; fails with {@code NotFound}. */
	public Mono<ObjectNode> webhook(String generation) {
		return this.webhooks.find(generation)
			.map(found -> found.orElseThrow(() -> nothing(generation)))
			.flatMap(message -> this.webhooks.deliveries(generation).map(tries -> json(message, Optional.of(tries))));
	}

	private static RuntimeException nothing(String generation) {
		return new GatewayError.NotFound("Nobody is to be told of the end of '" + generation
				+ "': its request named no webhook_url, or that was longer ago than heliostat.webhooks.retention.")
			.asException();
	}

	/**
	 * Sends a message once more, beginning at once; the end of its generation has to be
	 * there.
	 */
	public Mono<ObjectNode> redeliver(Actor actor, String generation) {
		return this.webhooks.find(generation)
			.map(found -> found.orElseThrow(() -> nothing(generation)))
			.flatMap(message -> this.audit.change(actor, (jdbc, entries) -> {
				Webhooks.resend(jdbc, generation, this.clock.instant());
				entries.add("webhook.redeliver", generation, Optional.empty(), JsonNodeFactory.instance.objectNode());
				return true;
			}))
			.then(Mono.defer(() -> webhook(generation)));
	}

	private static ObjectNode json(Message message, Optional<List<Delivery>> tries) {
		ObjectNode json = JsonNodeFactory.instance.objectNode();
		json.put("generation", message.generation()).put("object", "webhook_message").put("project", message.project());
		json.put("created_at", message.createdAt().getEpochSecond());
		json.put("due_at", message.dueAt().map(at -> at.getEpochSecond()).orElse(null));
		json.put("tries", message.tries());
		json.put("state",
				message.dueAt().isPresent() ? "waiting"
						: message.last()
							.filter(delivery -> delivery.outcome().equals("delivered"))
							.map(delivery -> "delivered")
							.orElse("given_up"));
		json.set("last",
				message.last()
					.map(Housekeeping::json).<tools.jackson.databind.JsonNode>map(last -> last)
					.orElse(JsonNodeFactory.instance.nullNode()));
		tries.ifPresent(all -> {
			ArrayNode list = json.putArray("deliveries");
			all.forEach(delivery -> list.add(json(delivery)));
		});
		return json;
	}

	private static ObjectNode json(Delivery delivery) {
		return JsonNodeFactory.instance.objectNode()
			.put("tried_at", delivery.at().toString())
			.put("status", delivery.status())
			.put("outcome", delivery.outcome());
	}

}
