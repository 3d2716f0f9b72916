"""Answers what the Rust library makes of texts: JSON in, JSON out. Its answers are what the tests here compare with."""

import json
import sys

import tokenizers
from tokenizers import Tokenizer


def tokenizer_of(case):
    parts = {"added_tokens": [], "normalizer": None, "pre_tokenizer": None, "post_processor": None, "decoder": None}
    vocabulary = {token: index for index, token in enumerate(case.get("vocabulary", ["<unk>"]))}
    model = {"type": "BPE", "vocab": vocabulary, "merges": [], "unk_token": "<unk>"}
    return Tokenizer.from_str(json.dumps({"version": "1.0", **parts, **case["parts"], "model": model}))


def normalized(tokenizer, text):
    return [tokenizer.normalizer.normalize_str(text)]


def pre_tokenized(tokenizer, text):
    return [piece for piece, _ in tokenizer.pre_tokenizer.pre_tokenize_str(text)]


def encoded(tokenizer, text):
    """Ids of added tokens and the pieces between them. The model knows single characters, so that a piece is a word."""
    encoding = tokenizer.encode(text)
    added = tokenizer.get_added_tokens_decoder()
    words, last = [], None
    for token, index, word in zip(encoding.tokens, encoding.ids, encoding.word_ids):
        if index in added:
            words.append(index)
        elif word == last:
            words[-1] += token
        else:
            words.append(token)
        last = word
    return words


ANSWERS = {"normalizer": normalized, "pre_tokenizer": pre_tokenized, "whole": encoded}


def answer(case, texts):
    try:
        tokenizer = tokenizer_of(case)
    except Exception as error:
        return {"refused": str(error)}
    return {"results": [ANSWERS[case["kind"]](tokenizer, text) for text in texts]}


def main():
    request = json.load(sys.stdin)
    answers = [answer(case, case.get("texts", request["texts"])) for case in request["cases"]]
    json.dump({"version": tokenizers.__version__, "answers": answers}, sys.stdout)


if __name__ == "__main__":
    main()
