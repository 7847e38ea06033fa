package dev.heliostat.console;

import java.util.Arrays;

/**
 * Strengths of opponents by who beat whom, as Bradley and Terry thought of them: the odds
 * of one against another are the ratio of their strengths. A tie counts half for each.
 *
 * @param strengths logarithms of the strengths; their mean is zero
 * @param errors the standard errors of the same, out of the Fisher information
 */
record BradleyTerry(double[] strengths, double[] errors) {

	private static final int ROUNDS = 10_000;

	private static final double STILL = 1e-10;

	/**
	 * Fits strengths by minorization and maximization (Hunter, 2004).
	 * @param wins how often the row beat the column
	 * @param prior that many games against an average opponent, half of them won, are
	 * added for each: so that somebody who has never lost stays finite; 0 for none
	 */
	static BradleyTerry fit(double[][] wins, double prior) {
		int count = wins.length;
		double[] strength = new double[count];
		Arrays.fill(strength, 1);
		for (int round = 0; round < ROUNDS; round++) {
			double moved = improve(wins, prior, strength);
			if (moved < STILL) {
				break;
			}
		}
		double[] logs = Arrays.stream(strength).map(Math::log).toArray();
		double[] errors = errors(wins, prior, strength);
		double mean = Arrays.stream(logs).average().orElse(0);
		return new BradleyTerry(Arrays.stream(logs).map(log -> log - mean).toArray(), errors);
	}

	private static double improve(double[][] wins, double prior, double[] strength) {
		double moved = 0;
		for (int i = 0; i < strength.length; i++) {
			double won = prior / 2;
			double faced = prior / (strength[i] + 1);
			for (int j = 0; j < strength.length; j++) {
				if (j != i) {
					won += wins[i][j];
					faced += (wins[i][j] + wins[j][i]) / (strength[i] + strength[j]);
				}
			}
			double better = (faced == 0) ? strength[i] : Math.max(1e-12, won / faced);
			moved = Math.max(moved, Math.abs(Math.log(better / strength[i])));
			strength[i] = better;
		}
		if (prior == 0) {
			double mean = Math.exp(Arrays.stream(strength).map(Math::log).average().orElse(0));
			for (int i = 0; i < strength.length; i++) {
				strength[i] /= mean;
			}
		}
		return moved;
	}

	/**
	 * Without a prior only differences are known, so information about their common level
	 * is put in and taken out again.
	 */
	private static double[] errors(double[][] wins, double prior, double[] strength) {
		int count = strength.length;
		double[][] information = new double[count][count];
		for (int i = 0; i < count; i++) {
			information[i][i] += prior * strength[i] / ((strength[i] + 1) * (strength[i] + 1));
			for (int j = 0; j < count; j++) {
				if (j != i) {
					double sum = strength[i] + strength[j];
					double weight = (wins[i][j] + wins[j][i]) * strength[i] * strength[j] / (sum * sum);
					information[i][i] += weight;
					information[i][j] -= weight;
				}
			}
		}
		double level = (prior == 0) ? 1.0 / count : 0;
		for (double[] row : information) {
			for (int j = 0; j < count; j++) {
				row[j] += level;
			}
		}
		double[][] covariance = inverse(information);
		double[] errors = new double[count];
		for (int i = 0; i < count; i++) {
			errors[i] = Math.sqrt(Math.max(0, covariance[i][i] - level));
		}
		return errors;
	}

	/** By Gauss and Jordan; what cannot be told apart has no end. */
	private static double[][] inverse(double[][] matrix) {
		int count = matrix.length;
		double[][] work = new double[count][2 * count];
		for (int i = 0; i < count; i++) {
			System.arraycopy(matrix[i], 0, work[i], 0, count);
			work[i][count + i] = 1;
		}
		for (int column = 0; column < count; column++) {
			int pivot = column;
			for (int row = column; row < count; row++) {
				pivot = (Math.abs(work[row][column]) > Math.abs(work[pivot][column])) ? row : pivot;
			}
			double[] swapped = work[column];
			work[column] = work[pivot];
			work[pivot] = swapped;
			double head = work[column][column];
			for (int at = 0; at < 2 * count; at++) {
				work[column][at] /= head;
			}
			for (int row = 0; row < count; row++) {
				double factor = work[row][column];
				for (int at = 0; row != column && factor != 0 && at < 2 * count; at++) {
					work[row][at] -= factor * work[column][at];
				}
			}
		}
		double[][] inverse = new double[count][];
		for (int i = 0; i < count; i++) {
			inverse[i] = Arrays.copyOfRange(work[i], count, 2 * count);
		}
		return inverse;
	}

	/** The chance of one against an opponent of mean strength. */
	double quality(int index) {
		return 1 / (1 + Math.exp(-this.strengths[index]));
	}

}
