package dev.heliostat.nodes;

/**
 * The setting of Redis cannot be understood. Never shows the URL, which may hold a
 * password.
 */
class RedisSettingException extends RuntimeException {

	RedisSettingException(String message) {
		super(message);
	}

}
