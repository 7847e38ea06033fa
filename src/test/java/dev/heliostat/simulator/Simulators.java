package dev.heliostat.simulator;

/**
 * Starts every simulator by hand, for demonstrations and loads:
 *
 * <pre>
 * mvn -q test-compile dependency:build-classpath -Dmdep.outputFile=target/test.classpath
 * java -cp target/test-classes:target/classes:$(cat target/test.classpath) dev.heliostat.simulator.Simulators
 * </pre>
 *
 * Arguments: the port of Replicate (default 9101), the port of OpenAI (default 9102), and
 * knobs for both, such as {@code latency=2000}.
 */
public final class Simulators {

	private Simulators() {
	}

	public static void main(String[] args) throws InterruptedException {
		ReplicateSimulator replicate = new ReplicateSimulator((args.length > 0) ? Integer.parseInt(args[0]) : 9101);
		OpenAiSimulator openAi = new OpenAiSimulator((args.length > 1) ? Integer.parseInt(args[1]) : 9102);
		if (args.length > 2) {
			replicate.usual(args[2]);
			openAi.usual(args[2]);
		}
		System.out.println("--heliostat.providers.replicate.base-url=" + replicate.baseUrl()
				+ " --heliostat.providers.replicate.api-key=" + ReplicateSimulator.TOKEN
				+ " --heliostat.providers.openai.base-url=" + openAi.baseUrl()
				+ " --heliostat.providers.openai.api-key=" + OpenAiSimulator.TOKEN);
		Thread.currentThread().join();
	}

}
