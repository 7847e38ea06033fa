package dev.heliostat.console;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

import dev.heliostat.console.ArenaStore.Tally;
import dev.heliostat.console.Duel.Vote;
import dev.heliostat.image.Money;

/**
 * Models by how their pictures were liked.
 *
 * @param rows the best first
 * @param votes how many votes it rests on
 * @param bad how many found both bad, and compare nothing
 */
record ArenaRanking(List<Row> rows, long votes, long bad) {

	/** As chess players are rated: 400 points are odds of ten to one. */
	private static final double SCALE = 400 / Math.log(10);

	private static final double MEAN = 1000;

	/**
	 * Of a normal distribution, 95 in 100 are so many standard errors around its mean.
	 */
	private static final double WITHIN = 1.96;

	/** One game against an average opponent, half won. */
	private static final double PRIOR = 1;

	/** The width of the drawing of an interval. */
	private static final double DRAWN = 118;

	/**
	 * A model.
	 *
	 * @param slug the model
	 * @param name its name
	 * @param score the mean is 1000
	 * @param low where its score is with 95 % confidence, at least
	 * @param high at most
	 * @param duels how many votes it was in
	 * @param won of those that it was liked better in, a tie being half of one
	 * @param quality the chance to be liked better than an average one
	 * @param price what a picture of it costs
	 * @param seconds how long it takes
	 * @param perDollar the quality that a dollar buys
	 * @param perSecond the quality that a second brings
	 * @param from where its interval begins in the drawing
	 * @param at where its score is there
	 * @param to where the interval ends
	 */
	record Row(String slug, String name, long score, long low, long high, long duels, String won, String quality,
			String price, String seconds, String perDollar, String perSecond, long from, long at, long to) {
	}

	private static final class Sums {

		private long duels;

		private double won;

		private long micros;

		private long millis;

	}

	static ArenaRanking of(List<Tally> tallies, UnaryOperator<String> names) {
		Map<String, Sums> sums = new TreeMap<>();
		long votes = 0;
		long bad = 0;
		for (Tally tally : tallies) {
			votes += tally.count();
			bad += (tally.vote() == Vote.BOTH_BAD) ? tally.count() : 0;
			add(sums, tally.left(), tally, tally.leftMicros(), tally.leftMillis(), share(tally.vote()));
			add(sums, tally.right(), tally, tally.rightMicros(), tally.rightMillis(), 1 - share(tally.vote()));
		}
		List<String> models = List.copyOf(sums.keySet());
		double[][] wins = new double[models.size()][models.size()];
		for (Tally tally : tallies) {
			if (tally.vote() != Vote.BOTH_BAD) {
				int left = models.indexOf(tally.left());
				int right = models.indexOf(tally.right());
				wins[left][right] += tally.count() * share(tally.vote());
				wins[right][left] += tally.count() * (1 - share(tally.vote()));
			}
		}
		return new ArenaRanking(rows(models, sums, BradleyTerry.fit(wins, PRIOR), names), votes, bad);
	}

	private static double share(Vote vote) {
		return switch (vote) {
			case LEFT -> 1;
			case RIGHT -> 0;
			case TIE, BOTH_BAD -> 0.5;
		};
	}

	private static void add(Map<String, Sums> sums, String model, Tally tally, long micros, long millis, double share) {
		Sums sum = sums.computeIfAbsent(model, absent -> new Sums());
		sum.duels += tally.count();
		sum.won += (tally.vote() == Vote.BOTH_BAD) ? 0 : tally.count() * share;
		sum.micros += micros;
		sum.millis += millis;
	}

	private static List<Row> rows(List<String> models, Map<String, Sums> sums, BradleyTerry fit,
			UnaryOperator<String> names) {
		double least = Double.MAX_VALUE;
		double most = -Double.MAX_VALUE;
		for (int i = 0; i < models.size(); i++) {
			least = Math.min(least, fit.strengths()[i] - WITHIN * fit.errors()[i]);
			most = Math.max(most, fit.strengths()[i] + WITHIN * fit.errors()[i]);
		}
		List<Row> rows = new ArrayList<>();
		for (int i = 0; i < models.size(); i++) {
			Sums sum = sums.getOrDefault(models.get(i), new Sums());
			double strength = fit.strengths()[i];
			double margin = WITHIN * fit.errors()[i];
			double dollars = sum.micros / 1e6 / sum.duels;
			double seconds = sum.millis / 1e3 / sum.duels;
			double width = Math.max(1e-9, most - least);
			rows.add(new Row(models.get(i), names.apply(models.get(i)), points(strength), points(strength - margin),
					points(strength + margin), sum.duels, plain(sum.won), OfferingMeasurements.percent(fit.quality(i)),
					PriceWords.dollars(new Money(Math.round((double) sum.micros / sum.duels))),
					OfferingMeasurements.seconds(sum.millis / sum.duels), per(fit.quality(i), dollars),
					per(fit.quality(i), seconds), Math.round(1 + DRAWN * (strength - margin - least) / width),
					Math.round(1 + DRAWN * (strength - least) / width),
					Math.round(1 + DRAWN * (strength + margin - least) / width)));
		}
		rows.sort(Comparator.comparingLong(Row::score).reversed().thenComparing(Row::slug));
		return rows;
	}

	private static long points(double strength) {
		return Math.round(MEAN + SCALE * strength);
	}

	private static String per(double quality, double amount) {
		return (amount <= 0) ? "–" : new BigDecimal(quality / amount).setScale(2, RoundingMode.HALF_UP).toPlainString();
	}

	private static String plain(double number) {
		return BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
	}

}
