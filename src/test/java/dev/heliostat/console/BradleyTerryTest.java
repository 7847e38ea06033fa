package dev.heliostat.console;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class BradleyTerryTest {

	/**
	 * The American League's eastern division of 1987, the example of Agresti's
	 * Categorical Data Analysis: Milwaukee, Detroit, Toronto, New York, Boston,
	 * Cleveland, Baltimore.
	 */
	private static final double[][] BASEBALL = { { 0, 7, 9, 7, 7, 9, 11 }, { 6, 0, 7, 5, 11, 9, 9 },
			{ 4, 6, 0, 7, 7, 8, 12 }, { 6, 8, 6, 0, 6, 7, 10 }, { 6, 2, 6, 7, 0, 7, 12 }, { 4, 4, 5, 6, 6, 0, 6 },
			{ 2, 4, 1, 3, 1, 7, 0 } };

	@Test
	void theBookAgrees() {
		BradleyTerry fit = BradleyTerry.fit(BASEBALL, 0);
		double[] againstBaltimore = { 1.581, 1.436, 1.294, 1.248, 1.108, 0.684, 0 };
		for (int i = 0; i < againstBaltimore.length; i++) {
			assertThat(fit.strengths()[i] - fit.strengths()[6]).isEqualTo(againstBaltimore[i], within(0.002));
			assertThat(fit.errors()[i]).isBetween(0.15, 0.3);
		}
	}

	@Test
	void twoOpponentsHaveTheOddsAndErrorsOfACoin() {
		BradleyTerry fit = BradleyTerry.fit(new double[][] { { 0, 30 }, { 10, 0 } }, 0);
		assertThat(fit.strengths()[0] - fit.strengths()[1]).isEqualTo(Math.log(3), within(1e-6));
		// The variance of the difference is 1 / (n p q); each is half of it away from the
		// middle.
		assertThat(fit.errors()[0]).isEqualTo(Math.sqrt(1 / (40 * 0.75 * 0.25)) / 2, within(1e-6));
	}

	@Test
	void whoHasNeverLostStaysFinite() {
		BradleyTerry fit = BradleyTerry.fit(new double[][] { { 0, 5, 0 }, { 0, 0, 0 }, { 0, 0, 0 } }, 1);
		assertThat(fit.strengths()[0]).isBetween(0.5, 5.0);
		assertThat(fit.errors()[2]).isGreaterThan(fit.errors()[0] / 2).isFinite();
		assertThat(fit.quality(0)).isBetween(0.6, 0.99);
	}

}
