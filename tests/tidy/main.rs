//! The house rules that a machine can check. Each rule says where it is broken and what to do about it,
//! and stands beside a test that breaks it. Rules of taste are not here.

mod coverage;
mod decisions;
mod edges;
mod shape;
mod tree;
mod words;

use std::io;

use tree::Tree;

/// Says all that is wrong at once, a line each.
fn none(breaches: &[String]) {
    assert!(breaches.is_empty(), "\n{}\n", breaches.join("\n"));
}

#[test]
fn crates_use_only_what_the_table_allows() -> io::Result<()> {
    none(&edges::between_crates(&edges::packages()?));
    Ok(())
}

#[test]
fn libraries_that_shape_the_house_stay_in_their_place() -> io::Result<()> {
    none(&edges::to_reserved_libraries(&edges::packages()?));
    Ok(())
}

#[test]
fn nothing_takes_a_guard_away() -> io::Result<()> {
    none(&edges::to_weakening_features(&Tree::of_repository()?));
    Ok(())
}

#[test]
fn no_crate_escapes_the_rules() -> io::Result<()> {
    none(&edges::are_all_known(
        &edges::packages()?,
        &Tree::of_repository()?,
    ));
    Ok(())
}

#[test]
fn every_crate_takes_the_lints() -> io::Result<()> {
    none(&shape::lints(&Tree::of_repository()?));
    Ok(())
}

#[test]
fn no_source_file_is_too_long() -> io::Result<()> {
    none(&shape::file_lengths(&Tree::of_repository()?));
    Ok(())
}

#[test]
fn no_folder_is_too_deep() -> io::Result<()> {
    none(&shape::depth(&Tree::of_repository()?));
    Ok(())
}

#[test]
fn every_name_says_what_is_inside() -> io::Result<()> {
    none(&shape::names(&Tree::of_repository()?));
    Ok(())
}

#[test]
fn catalog_and_migrations_are_there() -> io::Result<()> {
    none(&shape::furniture(&Tree::of_repository()?));
    Ok(())
}

#[test]
fn every_module_introduces_itself() -> io::Result<()> {
    none(&words::module_openings(&Tree::of_repository()?));
    Ok(())
}

#[test]
fn nothing_unfinished_is_left() -> io::Result<()> {
    none(&words::unfinished_work(&Tree::of_repository()?));
    Ok(())
}

#[test]
fn no_file_names_a_machine() -> io::Result<()> {
    none(&words::machine_paths(&Tree::of_repository()?));
    Ok(())
}

#[test]
fn prose_is_narrow_enough_to_read() -> io::Result<()> {
    none(&words::prose_width(&Tree::of_repository()?));
    Ok(())
}

#[test]
fn every_test_that_a_page_names_is_there() -> io::Result<()> {
    none(&coverage::named_tests(&Tree::of_repository()?));
    Ok(())
}

#[test]
fn every_item_of_the_source_is_accounted_for() -> io::Result<()> {
    none(&coverage::items(&Tree::of_repository()?));
    Ok(())
}

#[test]
fn every_decision_is_in_the_index() -> io::Result<()> {
    none(&decisions::index(&Tree::of_repository()?));
    Ok(())
}

#[test]
fn every_decision_has_the_form() -> io::Result<()> {
    none(&decisions::form(&Tree::of_repository()?));
    Ok(())
}

#[test]
fn every_dependency_is_accounted_for() -> io::Result<()> {
    none(&decisions::dependencies(
        &Tree::of_repository()?,
        &edges::packages()?,
    ));
    Ok(())
}
