package dev.heliostat.e2e;

import java.util.ArrayList;
import java.util.List;

import dev.heliostat.testing.PostgresServer;
import dev.heliostat.testing.RedisServer;
import org.junit.jupiter.api.AfterAll;

/**
 * Budgets on two nodes that share PostgreSQL, and Redis for limits.
 */
class TwoNodesRedisBudgetTest extends BudgetContract {

	private final RedisServer redis = RedisServer.start();

	@Override
	List<List<String>> nodes() {
		List<String> node = new ArrayList<>(PostgresServer.freshDatabase());
		node.add("--heliostat.secret-key=a-secret-of-the-tests-that-is-long-enough-0001");
		node.add("--heliostat.access.limits.each-key.requests.per-hour=100000");
		node.add("--heliostat.access.limits.each-project.at-once=1000");
		node.add("--heliostat.redis.timeout=2s");
		node.add(this.redis.argument());
		return List.of(node, node);
	}

	@AfterAll
	void stopRedis() {
		this.redis.close();
	}

}
