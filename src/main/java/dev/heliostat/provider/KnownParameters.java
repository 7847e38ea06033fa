package dev.heliostat.provider;

import java.util.Locale;
import java.util.Set;

/**
 * What the gateway knows of parameters that an offering does not declare.
 */
final class KnownParameters {

	/**
	 * OpenAI's own: dropped with a warning where an offering has no such thing, because
	 * every client sends them.
	 */
	private static final Set<String> STANDARD = Set.of("quality", "style", "background", "moderation", "output_format",
			"output_compression", "input_fidelity", "size", "aspect_ratio", "resolution", "complexity", "frame_count",
			"frame_duration_ms", "svg", "scale_factor");

	/** They make more output, or dearer output, than was quoted. */
	private static final Set<String> MULTIPLYING = Set.of("num_outputs", "num_images", "num_images_per_prompt",
			"number_of_images", "numberresults", "numberofimages", "samplecount", "max_images", "batch_size", "n_iter",
			"samples", "steps", "num_inference_steps", "inference_steps", "megapixels", "width", "height", "image_size",
			"imagesize", "resolution", "prompt_upsampling", "prompt_expansion", "enable_prompt_expansion",
			"expand_prompt", "magic_prompt", "magic_prompt_option", "upscale", "scale", "hd", "high_quality",
			"sequential_image_generation", "rendering_speed", "go_fast", "fallback_model", "allow_fallback_model",
			"service_tier", "partial_images");

	/** They hand control, or data, to somebody else. */
	private static final Set<String> CONTROLLING = Set.of("version", "deployment", "api_key", "openai_api_key", "token",
			"stream", "sync_mode", "store", "hf_lora", "lora_weights", "replicate_weights", "extra_lora");

	private static final Set<String> CONTROLLING_PARTS = Set.of("webhook", "callback", "safety", "nsfw", "_url",
			"_uri");

	private KnownParameters() {
	}

	static boolean isStandard(String name) {
		return STANDARD.contains(name);
	}

	/** Whether an undeclared parameter may not be passed on. */
	static boolean isDangerous(String name) {
		String lower = name.toLowerCase(Locale.ROOT);
		if (MULTIPLYING.contains(lower) || CONTROLLING.contains(lower)) {
			return true;
		}
		for (String part : CONTROLLING_PARTS) {
			if (lower.contains(part)) {
				return true;
			}
		}
		return false;
	}

}
