//! Runs alternatives by turns, round by round, so that whatever else the machine does meanwhile meets all of
//! them alike. Ratios are formed within a round and their median taken.

use crate::results::Row;

/// One way to do a thing. Gives what it took.
pub(crate) struct Alternative<'a> {
    pub(crate) name: String,
    pub(crate) run: Box<dyn FnMut() -> anyhow::Result<f64> + 'a>,
}

impl<'a> Alternative<'a> {
    pub(crate) fn new(
        name: impl Into<String>,
        run: impl FnMut() -> anyhow::Result<f64> + 'a,
    ) -> Self {
        Self {
            name: name.into(),
            run: Box::new(run),
        }
    }
}

/// What one alternative took, round by round.
#[derive(Debug, Clone)]
pub(crate) struct Taken {
    pub(crate) name: String,
    pub(crate) rounds: Vec<f64>,
}

/// Runs each once to warm up, and then all of them in each round.
pub(crate) fn by_turns(
    mut alternatives: Vec<Alternative<'_>>,
    rounds: usize,
) -> anyhow::Result<Vec<Taken>> {
    let mut taken: Vec<Taken> = alternatives
        .iter()
        .map(|alternative| Taken {
            name: alternative.name.clone(),
            rounds: Vec::with_capacity(rounds),
        })
        .collect();
    for alternative in &mut alternatives {
        (alternative.run)()?;
    }
    for _ in 0..rounds {
        for (alternative, taken) in alternatives.iter_mut().zip(&mut taken) {
            taken.rounds.push((alternative.run)()?);
        }
    }
    Ok(taken)
}

/// The row that sets one beside another.
pub(crate) fn beside(ours: &Taken, theirs: &Taken, unit: &str) -> Row {
    let ratios: Vec<f64> = ours
        .rounds
        .iter()
        .zip(&theirs.rounds)
        .map(|(ours, theirs)| ours / theirs)
        .collect();
    let (low, high) = spread(&theirs.rounds);
    Row {
        name: ours.name.clone(),
        value: median(&ours.rounds),
        unit: unit.to_owned(),
        spread: spread(&ours.rounds),
        beside: format!(
            "{}: {:.3} {unit} [{low:.3}-{high:.3}]",
            theirs.name,
            median(&theirs.rounds)
        ),
        ratio: median(&ratios),
        ratio_spread: spread(&ratios),
    }
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

fn spread(values: &[f64]) -> (f64, f64) {
    values
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(*value), high.max(*value))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alternatives_take_turns_and_ratios_are_of_one_round() {
        let order = std::cell::RefCell::new(String::new());
        let one = Alternative::new("one", || {
            order.borrow_mut().push('1');
            Ok(order.borrow().len() as f64)
        });
        let two = Alternative::new("two", || {
            order.borrow_mut().push('2');
            Ok(2.0)
        });
        let taken = by_turns(vec![one, two], 3).unwrap();
        assert_eq!(*order.borrow(), "12121212");
        let row = beside(&taken[0], &taken[1], "s");
        assert_eq!((row.value, row.ratio), (5.0, 2.5));
        assert_eq!(row.ratio_spread, (1.5, 3.5));
        assert_eq!(row.beside, "two: 2.000 s [2.000-2.000]");
    }
}
