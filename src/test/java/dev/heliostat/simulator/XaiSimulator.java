package dev.heliostat.simulator;

import java.util.Optional;

import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.node.ObjectNode;

import static dev.heliostat.simulator.InputRules.integer;
import static dev.heliostat.simulator.InputRules.list;
import static dev.heliostat.simulator.InputRules.nested;
import static dev.heliostat.simulator.InputRules.option;

/**
 * xAI, which refuses what other providers of OpenAI's shape take.
 * <p>
 * Knobs: {@code status=400|401|403|404|422|429|500|503}, each also with the suffix
 * {@code -object} for the form with an object; {@code moderated=flag} (usual; no picture
 * and respect_moderation is false), {@code moderated=some} (the first picture only),
 * {@code moderated=http} (400); and those of {@link SyncSimulator}.
 */
public class XaiSimulator extends OpenAiShapedSimulator {

	private static final String KEY = "xai-simulated0123456789abcdefghijklmnopqrstuvwxyz";

	private static final InputRules.Rule IMAGE = nested(
			new InputRules().with(link(), "url").with(option("image_url"), "type").require("url"));

	private static final InputRules GENERATION = rules();

	private static final InputRules EDIT = rules().with(IMAGE, "image").with(list(1, 10, IMAGE), "images");

	public XaiSimulator(int port) {
		super(port);
	}

	private static InputRules rules() {
		return new InputRules().text("prompt", "model", "user")
			.with(integer(1, 10), "n")
			.with(option("url", "b64_json"), "response_format")
			.with(option("1:1", "16:9", "9:16", "4:3", "3:4", "3:2", "2:3", "2:1", "1:2", "19.5:9", "9:19.5", "20:9",
					"9:20", "auto"), "aspect_ratio")
			.with(option("1k", "2k"), "resolution")
			.require("prompt", "model");
	}

	@Override
	public String provider() {
		return "xai";
	}

	@Override
	public String baseUrl() {
		return origin() + "/v1";
	}

	@Override
	public String credential() {
		return KEY;
	}

	@Override
	protected boolean isAuthorized(Received received) {
		return isBearer(received, KEY);
	}

	@Override
	protected Optional<Door> door(String path) {
		return Optional.ofNullable(switch (path) {
			case "/v1/images/generations" -> Door.json(GENERATION);
			case "/v1/images/edits" -> Door.json(EDIT);
			default -> null;
		});
	}

	@Override
	protected Optional<InputRules.Fault> conflict(Call call) {
		boolean both = call.input().has("image") && call.input().has("images");
		boolean none = call.path().endsWith("/edits") && inputs(call) == 0;
		return (both || none) ? Optional.of(fault("image", "Either image or images is required")) : Optional.empty();
	}

	private static int inputs(Call call) {
		return call.input().has("image") ? 1 : call.input().path("images").size();
	}

	@Override
	protected Optional<Mono<Void>> moderated(Call call, HttpServerResponse response) {
		return call.isModerated("http", false)
				? Optional.of(error(response, 400, "Generated image rejected by content moderation."))
				: Optional.empty();
	}

	@Override
	protected PictureSize size(Call call) {
		String[] sides = call.text("aspect_ratio", "auto").replace("auto", "1:1").split(":");
		String whole = tenfold(sides[0]) + ":" + tenfold(sides[1]);
		return PictureSize.ratio(whole, call.text("resolution", "1k").toUpperCase());
	}

	private static int tenfold(String side) {
		return (int) (Double.parseDouble(side) * 10);
	}

	@Override
	protected String format(Call call) {
		return "jpeg";
	}

	@Override
	protected boolean isUrl(Call call) {
		return call.text("response_format", "url").equals("url");
	}

	@Override
	protected void describe(Call call, int index, ObjectNode item) {
		item.put("mime_type", "image/jpeg").put("revised_prompt", "").put("respect_moderation", !call.isMarked(index));
		if (call.isMarked(index)) {
			item.put(isUrl(call) ? "url" : "b64_json", "");
		}
	}

	@Override
	protected void complete(Call call, ObjectNode answer) {
		answer.remove("created");
		long ticks = 200_000_000L * answer.path("data").size() + 20_000_000L * inputs(call);
		answer.putObject("usage").put("cost_in_usd_ticks", ticks);
	}

	@Override
	protected Mono<Void> invalid(Received received, InputRules.Fault fault, HttpServerResponse response) {
		return error(response, 400,
				fault.type().equals("extra_forbidden") ? "Argument not supported: " + fault.field() : fault.text());
	}

	@Override
	protected Mono<Void> refuse(Call call, int status, HttpServerResponse response) {
		return call.scenario().text("status", "").endsWith("-object")
				? json(response, status, openAiError("invalid_request_error", null, null, words(status)).toString())
				: super.refuse(call, status, response);
	}

	@Override
	protected Mono<Void> error(HttpServerResponse response, int status, String message) {
		String code = switch (status) {
			case 400 -> "Client specified an invalid argument";
			case 401, 403 -> "The caller does not have permission to execute the specified operation";
			case 404 -> "Some requested entity was not found";
			case 429 -> "Some resource has been exhausted";
			default -> "Internal error";
		};
		return json(response, status, object().put("code", code).put("error", message).toString());
	}

}
