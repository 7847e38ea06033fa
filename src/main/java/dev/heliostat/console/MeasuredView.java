package dev.heliostat.console;

import java.util.List;

/**
 * What was measured of the offerings of a model, as a page shows it.
 *
 * @param rows one for each offering that was used
 * @param days the same by day, youngest first
 * @param cut whether there was more than was looked at
 */
record MeasuredView(List<Row> rows, List<Day> days, boolean cut) {

	/** Of a page that shows none. */
	static final MeasuredView NONE = new MeasuredView(List.of(), List.of(), false);

	/**
	 * An offering.
	 *
	 * @param offering its key
	 * @param count how many submissions count
	 * @param success the share that brought a picture
	 * @param median half were faster, to the whole picture
	 * @param slow one in twenty was slower
	 * @param slowest one in a hundred was slower
	 * @param firstByte half began to come before
	 * @param price of a picture, on average
	 * @param points the medians of days, as a line
	 */
	record Row(String offering, long count, String success, String median, String slow, String slowest,
			String firstByte, String price, String points) {
	}

	/** An offering on a day. */
	record Day(String date, Row row) {
	}

}
