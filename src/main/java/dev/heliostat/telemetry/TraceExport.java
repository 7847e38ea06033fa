package dev.heliostat.telemetry;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Whether the gateway writes spans. Where nobody takes them, what would make them is not
 * even there: it would cost every request and every start a part of its time.
 */
public final class TraceExport implements AutoConfigurationImportFilter, EnvironmentAware {

	private static final String SPANS = "management.opentelemetry.tracing.export.otlp.endpoint";

	private static final String LOGS = "management.opentelemetry.logging.export.otlp.endpoint";

	private boolean spans;

	private boolean logs;

	/** Whether somebody takes spans. */
	public static boolean isOn(Environment environment) {
		return StringUtils.hasText(environment.getProperty(SPANS));
	}

	@Override
	public void setEnvironment(Environment environment) {
		this.spans = isOn(environment);
		this.logs = StringUtils.hasText(environment.getProperty(LOGS));
	}

	@Override
	public boolean[] match(@Nullable String[] candidates, AutoConfigurationMetadata metadata) {
		boolean[] matches = new boolean[candidates.length];
		for (int i = 0; i < candidates.length; i++) {
			String candidate = candidates[i];
			matches[i] = candidate == null || isWanted(candidate);
		}
		return matches;
	}

	private boolean isWanted(String configuration) {
		if (configuration.startsWith("org.springframework.boot.micrometer.tracing.")) {
			return this.spans;
		}
		return this.spans || this.logs || !configuration.startsWith("org.springframework.boot.opentelemetry.");
	}

}
