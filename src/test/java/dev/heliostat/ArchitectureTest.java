package dev.heliostat;

import java.util.List;

import javax.imageio.ImageIO;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.annotation.Configuration;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The rules of the house: imports go down, no circle, no room for leftovers.
 */
class ArchitectureTest {

	/** From the top of the house to its floor. */
	private static final List<String> STOREYS = List.of("console", "admin", "api", "generation", "routing", "attempt",
			"provider", "media", "access", "ledger", "pricing", "catalog", "nodes", "telemetry", "image");

	private static final JavaClasses HOUSE = new ClassFileImporter()
		.withImportOption(new ImportOption.DoNotIncludeTests())
		.importPackages("dev.heliostat");

	static List<Integer> storeys() {
		return java.util.stream.IntStream.range(0, STOREYS.size()).boxed().toList();
	}

	@ParameterizedTest
	@MethodSource("storeys")
	void importsGoDownOnly(int storey) {
		String[] above = STOREYS.subList(0, storey)
			.stream()
			.map(name -> "dev.heliostat." + name + "..")
			.toArray(String[]::new);
		if (above.length > 0) {
			noClasses().that()
				.resideInAPackage("dev.heliostat." + STOREYS.get(storey) + "..")
				.should()
				.dependOnClassesThat()
				.resideInAnyPackage(above)
				.allowEmptyShould(true)
				.check(HOUSE);
		}
	}

	@Test
	void everyRoomIsOnTheList() {
		assertThat(HOUSE.stream()
			.map(JavaClass::getPackageName)
			.filter(name -> name.startsWith("dev.heliostat."))
			.map(name -> name.substring("dev.heliostat.".length()).split("\\.")[0])).isSubsetOf(STOREYS);
	}

	@Test
	void noProviderKnowsAnother() {
		SlicesRuleDefinition.slices()
			.matching("dev.heliostat.provider.(*)..")
			.should()
			.notDependOnEachOther()
			.check(HOUSE);
		noClasses().that()
			.resideInAPackage("dev.heliostat.provider")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("dev.heliostat.provider.*..")
			.check(HOUSE);
	}

	@Test
	void everyPackageIsNullMarked() {
		assertThat(HOUSE.stream()
			.filter(type -> !type.getPackage().isAnnotatedWith("org.jspecify.annotations.NullMarked"))
			.map(JavaClass::getName)).isEmpty();
	}

	@Test
	void thereIsNoRoomForLeftovers() {
		noClasses().should()
			.resideInAnyPackage("..util..", "..common..", "..impl..", "..helper..")
			.allowEmptyShould(true)
			.check(HOUSE);
	}

	/** A codec that some jar brings along is never used by accident. */
	@Test
	void noCodecIsLookedUp() {
		noClasses().should()
			.callMethodWhere(DescribedPredicate.describe("ImageIO looks a codec up",
					call -> call.getTargetOwner().isEquivalentTo(ImageIO.class)
							&& call.getName().matches("read|write|scanForPlugins|getImage(Readers|Writers).*")))
			.check(HOUSE);
	}

	/** Others would not be found: {@link Heliostat} looks at these names only. */
	@Test
	void whatConfiguresSaysSoInItsName() {
		classes().that()
			.areAnnotatedWith(Configuration.class)
			.should()
			.haveNameMatching(".*(Configuration|Routes)")
			.check(HOUSE);
	}

	@Test
	void onlyTheApiKnowsItsRoutesAndConfigurationsAreHidden() {
		classes().that().haveSimpleNameEndingWith("Configuration").should().bePackagePrivate().check(HOUSE);
	}

}
