"""Answers what the Rust library makes of texts: JSON in, JSON out. Its answers are what the tests here compare with."""

import itertools
import json
import sys

import tokenizers
from tokenizers import Tokenizer

FAILED = -1


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
    words = itertools.groupby(zip(encoding.word_ids, encoding.ids, encoding.tokens), key=lambda token: token[0])
    return [word_of(list(tokens), added) for _, tokens in words]


def word_of(tokens, added):
    return tokens[0][1] if len(tokens) == 1 and tokens[0][1] in added else "".join(token for _, _, token in tokens)


ANSWERS = {"normalizer": normalized, "pre_tokenizer": pre_tokenized, "whole": encoded}


def answer(case, texts):
    """The library panics on a few files and texts."""
    try:
        tokenizer = tokenizer_of(case)
    except BaseException as error:
        return {"refused": str(error)} if isinstance(error, Exception) else {"refused": f"panic: {error}"}
    return {"results": [result_of(case, tokenizer, text) for text in texts]}


def result_of(case, tokenizer, text):
    try:
        return ANSWERS[case["kind"]](tokenizer, text)
    except BaseException as error:  # a panic is no Exception
        if isinstance(error, Exception):
            raise
        return [FAILED]


def main():
    request = json.load(sys.stdin.buffer)
    answers = [answer(case, request["texts"]) for case in request["cases"]]
    answer_text = json.dumps({"version": tokenizers.__version__, "answers": answers}, ensure_ascii=False)
    sys.stdout.buffer.write(answer_text.encode())


if __name__ == "__main__":
    main()
