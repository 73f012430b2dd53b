"""Finds the catalog's terms in tickets with somebody else's means, again and again, and prints what that took.

python3 terms.py TERMS TEXTS ahocorasick|re SECONDS

TERMS has a term a line, TEXTS a JSON string a line. A term is taken for the phrases it stands for: alternatives
multiplied out, a prefix for itself, a gap for one blank. Prints bytes per second.
"""

import itertools
import json
import re
import sys
import time


def phrases(term):
    slots = [slot for slot in re.findall(r"\([^()]*\)|[^ ]+", term) if slot != ".."]
    alternatives = [[word.rstrip("*").lower() for word in slot.strip("()").split("|")] for slot in slots]
    return (" ".join(words) for words in itertools.islice(itertools.product(*alternatives), 400))


def with_ahocorasick(wanted):
    import ahocorasick

    automaton = ahocorasick.Automaton()
    for number, phrase in enumerate(wanted):
        automaton.add_word(phrase, number)
    automaton.make_automaton()
    return lambda text: list(automaton.iter(text))


def with_re(wanted):
    longest_first = sorted(wanted, key=len, reverse=True)
    pattern = re.compile(r"\b(?:" + "|".join(map(re.escape, longest_first)) + r")")
    return lambda text: [match.span() for match in pattern.finditer(text)]


def main(terms, texts, means, seconds):
    with open(terms, encoding="utf-8") as file:
        wanted = sorted({phrase for line in file for phrase in phrases(line.rstrip("\n"))} - {""})
    with open(texts, encoding="utf-8") as file:
        read = [json.loads(line).lower() for line in file]
    find = {"ahocorasick": with_ahocorasick, "re": with_re}[means](wanted)
    done, found, started = 0, 0, time.perf_counter()
    while True:
        for text in read:
            found += len(find(text))
            done += len(text.encode())
            taken = time.perf_counter() - started
            if taken >= float(seconds):
                print(json.dumps({"bytes_per_second": done / taken, "found": found}))
                return


main(*sys.argv[1:])
