package dev.heliostat.access;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Projects, keys and budgets as JSON: for the admin API, the audit log and the store.
 * Holds no secret.
 */
public final class AccessJson {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private AccessJson() {
	}

	/** A project. */
	public static ObjectNode of(Project project) {
		ObjectNode json = JsonNodeFactory.instance.objectNode();
		json.put("id", project.id());
		json.put("object", "project");
		json.put("name", project.name());
		json.put("status", project.archivedAt().isPresent() ? "archived" : "active");
		json.set("scopes", of(project.scope()));
		json.set("tags", of(project.tags()));
		json.set("limits", project.limits().<JsonNode>map(LimitJson::of).orElse(null));
		json.set("retention", of(project.retention()));
		json.put("created_at", project.createdAt().getEpochSecond());
		put(json, "archived_at", project.archivedAt());
		return json.put("version", project.version());
	}

	/** A key as it stands at an instant. */
	public static ObjectNode of(AccessKey key, Instant now) {
		ObjectNode json = JsonNodeFactory.instance.objectNode();
		json.put("id", key.id());
		json.put("object", "key");
		json.put("name", key.name());
		json.put("kind", key.kind().name().toLowerCase(Locale.ROOT));
		json.put("project", key.project());
		json.put("status", key.status(now).name().toLowerCase(Locale.ROOT));
		json.put("source", key.source().name().toLowerCase(Locale.ROOT));
		json.put("last_four", key.lastFour().orElse(null));
		json.set("scopes", of(key.scope()));
		json.set("tags", of(key.tags()));
		json.set("limits", key.limits().<JsonNode>map(LimitJson::of).orElse(null));
		put(json, "created_at", key.createdAt());
		put(json, "expires_at", key.expiresAt());
		put(json, "revoked_at", key.revokedAt());
		ArrayNode replaced = json.putArray("replaced");
		key.replaced()
			.forEach(secret -> replaced.addObject()
				.put("last_four", secret.lastFour())
				.put("valid_until", secret.validUntil().getEpochSecond()));
		return json.put("version", key.version());
	}

	private static void put(ObjectNode json, String name, Optional<Instant> instant) {
		json.put(name, instant.map(Instant::getEpochSecond).orElse(null));
	}

	static ObjectNode of(Map<String, String> tags) {
		ObjectNode json = JsonNodeFactory.instance.objectNode();
		new TreeMap<>(tags).forEach(json::put);
		return json;
	}

	/** A scope; what it permits without limits is left out. */
	static ObjectNode of(Scope scope) {
		ObjectNode json = JsonNodeFactory.instance.objectNode();
		put(json, "models", scope.models().allow(), scope.models().deny());
		put(json, "providers", scope.providers().allow(), scope.providers().deny());
		put(json, "endpoints", scope.endpoints().allow(), scope.endpoints().deny());
		put(json, "sources", scope.sources().allow(), scope.sources().deny());
		return json;
	}

	private static void put(ObjectNode json, String name, List<?> allow, List<?> deny) {
		if (allow.isEmpty() && deny.isEmpty()) {
			return;
		}
		ObjectNode rule = json.putObject(name);
		ArrayNode allowed = rule.putArray("allow");
		allow.forEach(item -> allowed.add(item.toString()));
		ArrayNode denied = rule.putArray("deny");
		deny.forEach(item -> denied.add(item.toString()));
	}

	/** A scope as the store keeps it; null for one without limits. */
	static @Nullable String text(Scope scope) {
		return scope.equals(Scope.ALL) ? null : of(scope).toString();
	}

	/** Limits as the store keeps them; null for none of its own. */
	static @Nullable String text(Optional<Rates> limits) {
		return limits.map(rates -> LimitJson.of(rates).toString()).orElse(null);
	}

	private static ObjectNode of(Retention retention) {
		ObjectNode json = JsonNodeFactory.instance.objectNode();
		json.put("prompt_seconds", retention.prompts().map(Duration::toSeconds).orElse(null));
		return json.put("media_seconds", retention.media().map(Duration::toSeconds).orElse(null));
	}

	/** Tags as the store keeps them; null for none. */
	static @Nullable String text(Map<String, String> tags) {
		return tags.isEmpty() ? null : of(tags).toString();
	}

	static Scope scope(@Nullable String text) {
		if (text == null) {
			return Scope.ALL;
		}
		JsonNode json = JSON.readTree(text);
		return new Scope(names(json.path("models")), names(json.path("providers")), names(json.path("endpoints")),
				new Scope.Networks(texts(json.at("/sources/allow")).stream().map(Network::of).toList(),
						texts(json.at("/sources/deny")).stream().map(Network::of).toList()));
	}

	private static Scope.Names names(JsonNode json) {
		return new Scope.Names(texts(json.path("allow")), texts(json.path("deny")));
	}

	private static List<String> texts(JsonNode list) {
		return list.valueStream().map(JsonNode::asString).toList();
	}

	static Map<String, String> tags(@Nullable String text) {
		Map<String, String> tags = new TreeMap<>();
		if (text != null) {
			JSON.readTree(text).properties().forEach(tag -> tags.put(tag.getKey(), tag.getValue().asString()));
		}
		return tags;
	}

}
