package dev.heliostat.console;

import java.util.List;

/**
 * What is said of one offering, in words.
 *
 * @param key its config key
 * @param provider the provider's name
 * @param label what the provider calls itself
 * @param docs where the provider describes its API
 * @param providerModel the provider's own model id
 * @param status whether it can be used
 * @param missing what to set so that it can be used; empty where nothing is missing
 * @param shutdown when the provider ends it
 * @param price its usual price
 * @param currency what prices are in
 * @param components what is charged for
 * @param source who states the price
 * @param sourceUrl where it is stated
 * @param effectiveAt since when
 * @param priceNotes remarks on the price
 * @param notes remarks
 * @param expected what is assumed of it
 * @param rank priority, weight, and when it is given up
 * @param modes how it does what it can do
 * @param live what has been measured
 */
record OfferingCard(String key, String provider, String label, String docs, String providerModel, String status,
		String missing, String shutdown, String price, String currency, List<Component> components, String source,
		String sourceUrl, String effectiveAt, List<String> priceNotes, List<String> notes, String expected, String rank,
		List<ModeCard> modes, Live live) {

	/**
	 * One thing that is charged for.
	 *
	 * @param type input or output
	 * @param metric what is counted
	 * @param price such as {@code $0.04 per image}
	 * @param circumstances when it applies; empty for always
	 */
	record Component(String type, String metric, String price, String circumstances) {
	}

	/**
	 * How an offering does one of the things that it can do.
	 *
	 * @param name what
	 * @param request the provider's own call
	 * @param inputs which pictures it takes, and how
	 * @param fixed what is always sent
	 * @param parameters what becomes of parameters
	 */
	record ModeCard(String name, String request, List<String> inputs, String fixed, List<Parameter> parameters) {
	}

	/**
	 * What becomes of one parameter.
	 *
	 * @param name as clients name it
	 * @param handling what is done
	 * @param type its JSON type
	 * @param values what it may be
	 * @param usual what the provider assumes
	 * @param description what it does
	 */
	record Parameter(String name, String handling, String type, String values, String usual, String description) {
	}

	/**
	 * What this node has measured since it started.
	 *
	 * @param count how many submissions ended
	 * @param success the share that brought a picture
	 * @param median the usual time
	 * @param slow the time that one in twenty takes longer than
	 * @param circuit the circuit's state
	 * @param standing whether it is asked in its turn
	 * @param share its share of the model's traffic
	 */
	record Live(long count, String success, String median, String slow, String circuit, String standing, String share) {

		public boolean isMeasured() {
			return this.count > 0;
		}

	}

}
