package dev.heliostat.testing;

/**
 * Bodies that many tests send.
 */
public final class Requests {

	public static final String MODEL = "stable-diffusion-3.5-large-turbo";

	/** The request of the model card. */
	public static final String CARD = """
			{"model": "stable-diffusion-3.5-large-turbo", "prompt": "A serene mountain landscape at sunset", "size": "1024x1024"}""";

	private Requests() {
	}

	/**
	 * A request for a model with a prompt and further members, such as {@code "n": 2}.
	 */
	public static String of(String model, String prompt, String... more) {
		StringBuilder body = new StringBuilder("{\"model\": \"" + model + "\", \"prompt\": \"" + prompt + "\"");
		for (String member : more) {
			body.append(", ").append(member);
		}
		return body.append("}").toString();
	}

}
