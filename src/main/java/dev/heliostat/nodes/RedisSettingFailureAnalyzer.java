package dev.heliostat.nodes;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says at a failed start what is wrong with the setting of Redis.
 */
class RedisSettingFailureAnalyzer extends AbstractFailureAnalyzer<RedisSettingException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, RedisSettingException cause) {
		return new FailureAnalysis(cause.getMessage(),
				"Correct the setting, or leave it out: docs/scaling.md says what Redis is used for.", cause);
	}

}
