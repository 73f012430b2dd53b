//! Logistic regression with both penalties, by accelerated proximal steps (FISTA, its momentum lost where it leads astray:
//! O'Donoghue and Candès 2015). Deterministic: starts from nothing and takes a fixed number of steps.

/// How weights are held back.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Penalty {
    /// Of their size: what says little becomes 0.
    pub(crate) sparse: f64,
    /// Of their square.
    pub(crate) smooth: f64,
    /// Of the square of how far a rule's weight is from what people say.
    pub(crate) trust: f64,
}

/// One ticket: its words, its figures by rules, and what is true.
#[derive(Clone, Copy)]
pub(crate) struct Example<'a> {
    pub(crate) words: &'a [(usize, f64)],
    /// Rule and how far it is there.
    pub(crate) rules: &'a [(usize, f64)],
    pub(crate) truth: bool,
    /// How much it counts.
    pub(crate) weight: f64,
    /// Who wrote it: tickets of one writer resemble each other.
    pub(crate) batch: &'a str,
}

/// What was fitted, in units of log odds.
#[derive(Debug, Clone)]
pub(crate) struct Model {
    pub(crate) base: f64,
    pub(crate) rules: Vec<f64>,
    pub(crate) words: Vec<f64>,
}

const STEPS: usize = 300;
const TURNS: usize = 30;

impl Model {
    /// Fits a model of this many words, its rules held near what people say of them.
    pub(crate) fn fit(
        examples: &[Example<'_>],
        words: usize,
        told: &[f64],
        penalty: Penalty,
    ) -> Self {
        let total: f64 = examples.iter().map(|example| example.weight).sum();
        let curvature = curvature(examples, total, told.len(), words);
        let step = 1.0 / (curvature + penalty.smooth + penalty.trust);
        let mut model = Self {
            rules: told.to_vec(),
            ..Self::nothing(told.len(), words)
        };
        let mut ahead = model.clone();
        let mut momentum = 1.0_f64;
        for _ in 0..STEPS {
            let slope = ahead.slope(examples, total);
            let mut next = Self::nothing(told.len(), words);
            next.base = ahead.base - step * slope.base;
            let rules = ahead.rules.iter().zip(&slope.rules).zip(told);
            for (new, ((old, slope), told)) in next.rules.iter_mut().zip(rules) {
                *new = old - step * (slope + penalty.trust * (old - told));
            }
            for ((new, old), slope) in next.words.iter_mut().zip(&ahead.words).zip(&slope.words) {
                let moved = old - step * (slope + penalty.smooth * old);
                let kept = (moved.abs() - step * penalty.sparse).max(0.0);
                *new = kept.copysign(moved);
            }
            if model.astray(&ahead, &next) {
                momentum = 1.0;
            }
            let after = f64::midpoint(1.0, (1.0 + 4.0 * momentum * momentum).sqrt());
            let share = (momentum - 1.0) / after;
            ahead = next.beyond(&model, share);
            model = next;
            momentum = after;
        }
        model
    }

    /// Log odds that an example is true.
    pub(crate) fn odds(&self, example: &Example<'_>) -> f64 {
        self.base + dot(&self.rules, example.rules) + dot(&self.words, example.words)
    }

    fn length(&self) -> f64 {
        let all = self.rules.iter().chain(&self.words);
        let squares: f64 = all.map(|weight| weight * weight).sum();
        (squares + self.base * self.base).sqrt()
    }

    fn nothing(rules: usize, words: usize) -> Self {
        Self {
            base: 0.0,
            rules: vec![0.0; rules],
            words: vec![0.0; words],
        }
    }

    fn slope(&self, examples: &[Example<'_>], total: f64) -> Self {
        let mut slope = Self::nothing(self.rules.len(), self.words.len());
        for example in examples {
            let truth = if example.truth { 1.0 } else { 0.0 };
            let wrong =
                (1.0 / (1.0 + (-self.odds(example)).exp()) - truth) * example.weight / total;
            slope.base += wrong;
            add(&mut slope.rules, example.rules, wrong);
            add(&mut slope.words, example.words, wrong);
        }
        slope
    }

    /// Whether the last step leads back against where the momentum goes.
    fn astray(&self, ahead: &Self, next: &Self) -> bool {
        let against = |ahead: f64, next: f64, here: f64| (ahead - next) * (next - here);
        let all_against = |ahead: &[f64], next: &[f64], here: &[f64]| -> f64 {
            let all = ahead.iter().zip(next).zip(here);
            all.map(|((ahead, next), here)| against(*ahead, *next, *here))
                .sum()
        };
        let sum = against(ahead.base, next.base, self.base)
            + all_against(&ahead.rules, &next.rules, &self.rules)
            + all_against(&ahead.words, &next.words, &self.words);
        sum > 0.0
    }

    fn beyond(&self, before: &Self, share: f64) -> Self {
        let past = |new: f64, old: f64| new + share * (new - old);
        let all_past = |new: &[f64], old: &[f64]| {
            let pairs = new.iter().zip(old);
            pairs.map(|(new, old)| past(*new, *old)).collect()
        };
        Self {
            base: past(self.base, before.base),
            rules: all_past(&self.rules, &before.rules),
            words: all_past(&self.words, &before.words),
        }
    }
}

fn dot(weights: &[f64], values: &[(usize, f64)]) -> f64 {
    let weight = |at: usize| weights.get(at).copied().unwrap_or_default();
    values.iter().map(|(at, value)| weight(*at) * value).sum()
}

fn add(sums: &mut [f64], values: &[(usize, f64)], times: f64) {
    for (at, value) in values {
        if let Some(sum) = sums.get_mut(*at) {
            *sum += times * value;
        }
    }
}

/// How fast slopes change at most, which sets the step: a quarter of the largest eigenvalue of the examples' second
/// moments, found by multiplying again and again, and a little more since that comes near it from below.
fn curvature(examples: &[Example<'_>], total: f64, rules: usize, words: usize) -> f64 {
    let mut along = Model {
        base: 1.0,
        rules: vec![1.0; rules],
        words: vec![1.0; words],
    };
    let mut largest = 0.0;
    for _ in 0..TURNS {
        let mut turned = Model::nothing(rules, words);
        for example in examples {
            let reached = along.odds(example) * example.weight / total;
            turned.base += reached;
            add(&mut turned.rules, example.rules, reached);
            add(&mut turned.words, example.words, reached);
        }
        largest = turned.length();
        let shrink = 1.0 / largest.max(f64::MIN_POSITIVE);
        turned.base *= shrink;
        for weight in turned.rules.iter_mut().chain(&mut turned.words) {
            *weight *= shrink;
        }
        along = turned;
    }
    0.25 * largest * 1.05
}

#[cfg(test)]
mod tests {
    use super::*;

    const FREE: Penalty = Penalty {
        sparse: 0.0001,
        smooth: 0.001,
        trust: 0.001,
    };

    /// Word 0 decides, word 1 stands everywhere, word 2 nowhere; rule 0 says nothing.
    fn examples() -> Vec<Example<'static>> {
        let example = |words, truth| Example {
            words,
            rules: &[(0, 1.0)],
            truth,
            weight: 1.0,
            batch: "",
        };
        vec![
            example(&[(0, 1.0), (1, 1.0)], true),
            example(&[(1, 1.0)], false),
            example(&[(0, 1.0), (1, 1.0)], true),
            example(&[(1, 1.0)], false),
        ]
    }

    #[test]
    fn what_decides_gets_the_weight() {
        let examples = examples();
        let model = Model::fit(&examples, 3, &[0.0], FREE);
        for example in &examples {
            assert_eq!(model.odds(example) > 0.0, example.truth);
        }
        assert!(model.words[0] > 1.0 && model.words[2].abs() < 1e-9);
    }

    #[test]
    fn penalties_hold_words_back_and_rules_where_people_put_them() {
        let strict = Penalty {
            sparse: 1.0,
            smooth: 0.0,
            trust: 100.0,
        };
        let model = Model::fit(&examples(), 3, &[0.7], strict);
        assert!(model.words.iter().all(|weight| *weight == 0.0));
        assert!((model.rules[0] - 0.7).abs() < 0.02, "{:?}", model.rules);
    }
}
