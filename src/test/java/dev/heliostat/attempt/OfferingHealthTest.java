package dev.heliostat.attempt;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import org.junit.jupiter.api.Test;

import dev.heliostat.catalog.Offering;
import dev.heliostat.image.ImageSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * What is measured of an offering, and for how long it counts.
 */
class OfferingHealthTest {

	private static final Duration OPEN_FOR = Duration.ofSeconds(30);

	private final AtomicLong nanos = new AtomicLong();

	private final OfferingHealth health = new OfferingHealth(CircuitBreaker.ofDefaults("test"),
			new Offering.Expected(10, 0.9), OPEN_FOR, this.nanos::get);

	private void pass(Duration time) {
		this.nanos.addAndGet(time.toNanos());
	}

	private void serve(SizeClass size, double seconds, int times) {
		for (int i = 0; i < times; i++) {
			this.health.asked();
			this.health.served(size, Duration.ofMillis((long) (seconds * 1000)));
		}
	}

	private void fail(int times) {
		for (int i = 0; i < times; i++) {
			this.health.asked();
			this.health.failed(SizeClass.MEDIUM);
		}
	}

	@Test
	void sizesAreToldApart() {
		assertThat(SizeClass.of(Optional.of(new ImageSize(512, 512)))).isEqualTo(SizeClass.SMALL);
		assertThat(SizeClass.of(Optional.of(new ImageSize(1024, 1024)))).isEqualTo(SizeClass.MEDIUM);
		assertThat(SizeClass.of(Optional.of(new ImageSize(1536, 1536)))).isEqualTo(SizeClass.LARGE);
		assertThat(SizeClass.of(Optional.of(new ImageSize(4096, 4096)))).isEqualTo(SizeClass.HUGE);
		assertThat(SizeClass.of(Optional.empty())).isEqualTo(SizeClass.UNKNOWN);
	}

	@Test
	void itBeginsAtWhatTheCatalogExpects() {
		assertThat(this.health.seconds(SizeClass.MEDIUM)).isEqualTo(10);
		assertThat(this.health.success(SizeClass.MEDIUM)).isEqualTo(0.9);
		assertThat(this.health.confidence(SizeClass.MEDIUM)).isZero();
	}

	@Test
	void oneMeasurementDoesNotOverturnIt() {
		serve(SizeClass.MEDIUM, 1, 1);
		assertThat(this.health.seconds(SizeClass.MEDIUM)).isBetween(8.0, 9.9);
		serve(SizeClass.MEDIUM, 1, 200);
		assertThat(this.health.seconds(SizeClass.MEDIUM)).isBetween(1.0, 4.0);
		assertThat(this.health.confidence(SizeClass.MEDIUM)).isBetween(15.0, 20.0);
	}

	@Test
	void largePicturesTakeTheirOwnTime() {
		serve(SizeClass.SMALL, 2, 100);
		serve(SizeClass.HUGE, 40, 20);
		assertThat(this.health.seconds(SizeClass.SMALL)).isLessThan(this.health.seconds(SizeClass.HUGE) / 2);
		assertThat(this.health.seconds(SizeClass.LARGE)).as("not measured yet: as all together")
			.isBetween(this.health.seconds(SizeClass.SMALL), this.health.seconds(SizeClass.HUGE));
	}

	@Test
	void whatWasMeasuredLongAgoHardlyCounts() {
		serve(SizeClass.MEDIUM, 1, 200);
		pass(Duration.ofHours(3));
		assertThat(this.health.seconds(SizeClass.MEDIUM)).isCloseTo(10, within(0.1));
	}

	@Test
	void whoFailedAndIsNotAskedAnyMoreIsProbedByOneRequest() {
		fail(2);
		assertThat(this.health.standing()).isEqualTo(Standing.READY);
		assertThat(this.health.success(SizeClass.MEDIUM)).isLessThan(0.8);
		pass(OPEN_FOR);
		assertThat(this.health.standing()).isEqualTo(Standing.PROBE);
		assertThat(this.health.success(SizeClass.MEDIUM)).as("as if nothing had been").isEqualTo(0.9);
		assertThat(this.health.claimProbe()).isTrue();
		assertThat(this.health.claimProbe()).isFalse();
		assertThat(this.health.standing()).isEqualTo(Standing.READY);
		fail(1);
		assertThat(this.health.standing()).as("not before it is time again").isEqualTo(Standing.READY);
		pass(OPEN_FOR);
		assertThat(this.health.claimProbe()).isTrue();
		serve(SizeClass.MEDIUM, 10, 1);
		assertThat(this.health.success(SizeClass.MEDIUM)).as("the outage is past").isGreaterThanOrEqualTo(0.9);
	}

	@Test
	void failuresNowAndThenAreNotForgottenAtTheNextSuccess() {
		for (int i = 0; i < 20; i++) {
			fail(1);
			serve(SizeClass.MEDIUM, 10, 1);
		}
		assertThat(this.health.success(SizeClass.MEDIUM)).isBetween(0.5, 0.75);
	}

	@Test
	void itIsLeftAloneForAsLongAsItAsked() {
		this.health.rest(Duration.ofSeconds(20));
		assertThat(this.health.standing()).isEqualTo(Standing.RESTING);
		pass(Duration.ofSeconds(21));
		assertThat(this.health.standing()).isEqualTo(Standing.READY);
	}

}
