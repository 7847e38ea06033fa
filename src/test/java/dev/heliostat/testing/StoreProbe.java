package dev.heliostat.testing;

import java.lang.management.ManagementFactory;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import javax.sql.DataSource;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.Bean;

/**
 * What a gateway's process does with its store, counted at its data source, and what its
 * threads allocate, both as metrics of that process. Not annotated, so that no scan finds
 * it: {@code --spring.main.sources=dev.heliostat.testing.StoreProbe} adds it.
 * <p>
 * Commits take {@code -Dprobe.commit-millis}, as on a slow disk. How many writes share a
 * transaction is then a matter of the gateway alone, not of the machine's disk.
 */
public class StoreProbe implements BeanPostProcessor {

	private static final long COMMIT_MILLIS = Long.getLong("probe.commit-millis", 0);

	private final AtomicLong statements = new AtomicLong();

	private final AtomicLong commits = new AtomicLong();

	@Bean
	MeterBinder probe() {
		com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
		return registry -> {
			FunctionCounter.builder("probe.statements", this.statements, AtomicLong::get).register(registry);
			FunctionCounter.builder("probe.commits", this.commits, AtomicLong::get).register(registry);
			FunctionCounter
				.builder("probe.allocated", threads, com.sun.management.ThreadMXBean::getTotalThreadAllocatedBytes)
				.register(registry);
		};
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String name) {
		return (bean instanceof DataSource source) ? proxy(DataSource.class, (proxy, method, arguments) -> {
			Object made = call(source, method, arguments);
			return (made instanceof Connection connection) ? counted(connection) : made;
		}) : bean;
	}

	private Connection counted(Connection connection) {
		return proxy(Connection.class, (proxy, method, arguments) -> {
			if (method.getName().equals("commit")) {
				this.commits.incrementAndGet();
				LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(COMMIT_MILLIS));
			}
			Object made = call(connection, method, arguments);
			return switch (made) {
				case PreparedStatement statement -> counted(PreparedStatement.class, statement, connection);
				case Statement statement -> counted(Statement.class, statement, connection);
				case null, default -> made;
			};
		});
	}

	/** A batch counts as many statements as it has rows. */
	private <T extends Statement> T counted(Class<T> type, T statement, Connection connection) {
		return proxy(type, (proxy, method, arguments) -> {
			String name = method.getName();
			if (name.equals("addBatch") || (name.startsWith("execute") && !name.endsWith("Batch"))) {
				this.statements.incrementAndGet();
			}
			if (name.startsWith("execute") && !name.equals("executeQuery") && connection.getAutoCommit()) {
				this.commits.incrementAndGet();
			}
			return call(statement, method, arguments);
		});
	}

	private static Object call(Object target, java.lang.reflect.Method method, Object[] arguments) throws Throwable {
		try {
			return method.invoke(target, arguments);
		}
		catch (InvocationTargetException ex) {
			throw ex.getCause();
		}
	}

	private static <T> T proxy(Class<T> type, InvocationHandler handler) {
		return type.cast(Proxy.newProxyInstance(StoreProbe.class.getClassLoader(), new Class<?>[] { type }, handler));
	}

}
