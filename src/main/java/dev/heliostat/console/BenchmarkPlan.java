package dev.heliostat.console;

import java.util.List;

import dev.heliostat.generation.Order;

/**
 * What a benchmark would make, and what that costs at most.
 *
 * @param tasks the pictures; those of an offering are made one after the other
 * @param lines the same by offering
 * @param micros the sum of all quotes
 */
record BenchmarkPlan(List<Task> tasks, List<Line> lines, long micros) {

	/**
	 * One picture.
	 *
	 * @param number its number
	 * @param offering who is to make it
	 * @param prompt the prompt's number
	 * @param size the size that is asked for
	 * @param order how it is ordered
	 */
	record Task(int number, String offering, int prompt, String size, Order order) {
	}

	/**
	 * An offering.
	 *
	 * @param offering its key
	 * @param pictures how many
	 * @param price what they cost
	 * @param problem why it takes no part; empty where it does
	 */
	record Line(String offering, int pictures, String price, String problem) {
	}

}
