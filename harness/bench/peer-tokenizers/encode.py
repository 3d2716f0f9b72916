"""The Rust tokenizer library on one thread, as a peer to measure the encoder against and to check its ids with.

usage: encode.py --folder FOLDER --vocab N
Reads one line of JSON from stdin: {"texts": [...], "training": N} (the first N texts train the vocabularies). Writes a
tokenizer.json for each make to FOLDER/MAKE.json and prints their names as one line. Then every further line
{"path": ...} is one round: the tokenizer is read anew, so that its cache is empty, all texts are encoded one after the
other, and {"seconds", "cpuSeconds", "tokens", "digest"} is printed. `encode_batch_fast` is the library's fastest call:
it computes no offsets. Needs Python 3 with tokenizers >= 0.20.
"""

import os

os.environ['RAYON_NUM_THREADS'] = '1'
os.environ['TOKENIZERS_PARALLELISM'] = 'false'

import argparse  # noqa: E402
import array  # noqa: E402
import hashlib  # noqa: E402
import json  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402

import makes  # noqa: E402
import tokenizers  # noqa: E402

MAKES = dict(gpt2='GPT-2', llama3='Llama 3', llama2='Llama 2', unigramBytes='Unigram', bert='BERT')


def digest_of(encodings):
    sha = hashlib.sha256()
    for encoding in encodings:
        sha.update(array.array('i', encoding.ids).tobytes())
    return sha.hexdigest()


def round_of(path, texts):
    tokenizer = tokenizers.Tokenizer.from_file(path)
    start, cpu_start = time.perf_counter(), time.process_time()
    encodings = [tokenizer.encode_batch_fast([text], add_special_tokens=False)[0] for text in texts]
    seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu_start
    return dict(seconds=seconds, cpuSeconds=cpu_seconds, tokens=sum(map(len, encodings)), digest=digest_of(encodings))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--folder', required=True)
    parser.add_argument('--vocab', type=int, required=True)
    args = parser.parse_args()
    told = json.loads(sys.stdin.readline())
    texts = told['texts']
    for make in MAKES:
        with open(os.path.join(args.folder, f'{make}.json'), 'w', encoding='utf-8') as file:
            json.dump(makes.make(make, texts[: told['training']], args.vocab), file)
    print(json.dumps(dict(library=f'tokenizers {tokenizers.__version__}', makes=MAKES)), flush=True)
    for line in sys.stdin:
        print(json.dumps(round_of(json.loads(line)['path'], texts)), flush=True)


main()
