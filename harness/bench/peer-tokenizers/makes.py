"""The tokenizer.json of the makes people have, with vocabularies trained here: normalizer, pre-tokenizer, model flags,
post-processor, decoder and kinds of added tokens are those of the published files.

`make(name, texts, vocab_size)` gives the file as a map. Needs tokenizers >= 0.20.
"""

import base64
import itertools
import struct
import unicodedata

from tokenizers import Tokenizer, models, pre_tokenizers, trainers, normalizers

GPT4 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}%s| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
LLAMA3, QWEN2 = GPT4 % '{1,3}', GPT4 % ''
DEEPSEEK_V3 = (
    r"""[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*"""
    r"""|\s*[\r\n]+|\s+(?!\S)|\s+"""
)
DEEPSEEK_CODER = ["[\r\n]", "\\s?\\p{L}+", "\\s?\\p{P}+", "[一-龥ࠀ-一가-퟿]+"]
BLOOM = r" ?[^(\s|[.,!?…。，、।۔،])]+"
CLIP = r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"


def byte_level(prefix=False, regex=True, trim=True):
    return dict(type='ByteLevel', add_prefix_space=prefix, trim_offsets=trim, use_regex=regex)


def split(pattern, behavior='Isolated', invert=False, kind='Regex'):
    return dict(type='Split', pattern={kind: pattern}, behavior=behavior, invert=invert)


def sequence(key, parts):
    return {'type': 'Sequence', key: parts}


def template(before, after, ids):
    text = dict(Sequence=dict(id='A', type_id=0))
    token = lambda name: dict(SpecialToken=dict(id=name, type_id=0))
    single = [*map(token, before), text, *map(token, after)]
    return dict(
        type='TemplateProcessing',
        single=single,
        pair=[*single, dict(Sequence=dict(id='B', type_id=1))],
        special_tokens={name: dict(id=name, ids=[ids[name]], tokens=[name]) for name in [*before, *after]},
    )


def added(content, special=True, **flags):
    return dict(
        content=content,
        **{**dict(single_word=False, lstrip=False, rstrip=False, normalized=False), **flags},
        special=special,
    )


def trained(kind, texts, vocab_size, pre_tokenizer, normalizer=None, spells_bytes=False):
    """Vocabulary and merges (or scores) of a model, from the Rust library's trainer."""
    start = dict(BPE=models.BPE(), WordPiece=models.WordPiece(unk_token='[UNK]'), Unigram=models.Unigram())[kind]
    tokenizer = Tokenizer(start)
    tokenizer.pre_tokenizer = pre_tokenizer
    if normalizer is not None:
        tokenizer.normalizer = normalizer
    options = dict(vocab_size=vocab_size, show_progress=False)
    byte_alphabet = pre_tokenizers.ByteLevel.alphabet()
    if kind == 'BPE':
        options['initial_alphabet'] = byte_alphabet if spells_bytes else []
        options['limit_alphabet'] = max(256, vocab_size // 8)
        trainer = trainers.BpeTrainer(**options)
    elif kind == 'WordPiece':
        trainer = trainers.WordPieceTrainer(
            **options, special_tokens=['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'], limit_alphabet=vocab_size // 4
        )
    else:
        trainer = trainers.UnigramTrainer(**options, unk_token='<unk>', special_tokens=['<unk>'])
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def trained_unigram(lines, vocab_size):
    """The trainer panics at some texts ("likelihood is NAN"); fewer of them then do."""
    while lines:
        try:
            return trained('Unigram', lines, vocab_size, pre_tokenizers.Metaspace())
        except BaseException as error:
            if 'likelihood' not in str(error):
                raise
            lines = lines[: len(lines) // 2]
    raise ValueError('no text that the Unigram trainer takes')


def model_of(tokenizer):
    import json

    return json.loads(tokenizer.to_str())['model']


def bpe(vocab, merges, **flags):
    base = dict(
        type='BPE',
        dropout=None,
        unk_token=None,
        continuing_subword_prefix=None,
        end_of_word_suffix=None,
        fuse_unk=False,
        byte_fallback=False,
        ignore_merges=False,
    )
    return {**base, **flags, 'vocab': vocab, 'merges': merges}


def byte_bpe(texts, vocab_size, pre_tokenizer, first=()):
    """Tokens of GPT-2's alphabet for bytes; `first` stand at the lowest ids."""
    learned = model_of(trained('BPE', texts, vocab_size - len(first), pre_tokenizer, spells_bytes=True))
    tokens = [*first, *sorted(learned['vocab'], key=learned['vocab'].get)]
    return {token: id for id, token in enumerate(tokens)}, learned['merges']


def spelled_bpe(texts, vocab_size, first):
    """SentencePiece's BPE: words that start with a meta space, and a token for each byte."""
    learned = model_of(trained('BPE', texts, vocab_size - 256 - len(first), pre_tokenizers.Metaspace()))
    tokens = [*first, *(f'<0x{byte:02X}>' for byte in range(256)), *sorted(learned['vocab'], key=learned['vocab'].get)]
    return {token: id for id, token in enumerate(tokens)}, learned['merges']


def unigram(texts, vocab_size, first, byte_fallback=False, unknown='<unk>'):
    learned = model_of(trained_unigram([line for text in texts for line in text.splitlines()], vocab_size))
    bytes_ = [[f'<0x{byte:02X}>', 0.0] for byte in range(256)] if byte_fallback else []
    vocab = [
        *([token, 0.0] for token in first),
        *bytes_,
        *(pair for pair in learned['vocab'] if pair[0] not in [*first, '<unk>']),
    ]
    model = dict(type='Unigram', unk_id=first.index(unknown), vocab=vocab)
    return {**model, 'byte_fallback': True} if byte_fallback else model


def file_of(model, tokens, normalizer=None, pre_tokenizer=None, post_processor=None, decoder=None):
    """Added tokens get the id of the vocabulary, or one behind it."""
    vocab = model['vocab']
    ids = dict(vocab) if isinstance(vocab, dict) else {token: id for id, (token, _) in enumerate(vocab)}
    next_id = len(vocab)
    rows = []
    for token in tokens:
        if token['content'] not in ids:
            ids[token['content']] = next_id
            next_id += 1
        rows.append(dict(id=ids[token['content']], **token))
    rows.sort(key=lambda row: row['id'])
    post = post_processor(ids) if callable(post_processor) else post_processor
    return dict(
        version='1.0',
        truncation=None,
        padding=None,
        added_tokens=rows,
        normalizer=normalizer,
        pre_tokenizer=pre_tokenizer,
        post_processor=post,
        decoder=decoder,
        model=model,
    )


def regex_pre_tokenizer(pattern):
    from tokenizers import Regex

    return pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(pattern), 'isolated'),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )


def split_then_bytes(patterns):
    return sequence('pretokenizers', [*map(split, patterns), byte_level(regex=False)])


META_DECODER = [
    dict(type='Replace', pattern=dict(String='▁'), content=' '),
    dict(type='ByteFallback'),
    dict(type='Fuse'),
]
STRIP_DECODER = [*META_DECODER, dict(type='Strip', content=' ', start=1, stop=0)]
SPACES = dict(type='Replace', pattern=dict(String=' '), content='▁')


def gpt2(texts, size):
    vocab, merges = byte_bpe(texts, size, pre_tokenizers.ByteLevel(add_prefix_space=False))
    return file_of(
        bpe(vocab, merges, continuing_subword_prefix='', end_of_word_suffix=''),
        [added('<|endoftext|>', normalized=True)],
        pre_tokenizer=byte_level(),
        post_processor=byte_level(trim=False),
        decoder=byte_level(),
    )


def neox(texts, size):
    vocab, merges = byte_bpe(
        texts, size, pre_tokenizers.ByteLevel(add_prefix_space=False), ['<|endoftext|>', '<|padding|>']
    )
    runs = [added(' ' * count, special=False, normalized=True) for count in range(24, 1, -1)]
    return file_of(
        bpe(vocab, merges),
        [added('<|endoftext|>'), added('<|padding|>'), *runs],
        normalizer=dict(type='NFC'),
        pre_tokenizer=byte_level(),
        post_processor=byte_level(),
        decoder=byte_level(),
    )


def roberta(texts, size):
    first = ['<s>', '<pad>', '</s>', '<unk>']
    vocab, merges = byte_bpe(texts, size, pre_tokenizers.ByteLevel(add_prefix_space=False), first)
    tokens = [*(added(token, normalized=True) for token in first), added('<mask>', lstrip=True)]
    post = lambda ids: dict(
        type='RobertaProcessing',
        sep=['</s>', ids['</s>']],
        cls=['<s>', ids['<s>']],
        trim_offsets=True,
        add_prefix_space=False,
    )
    return file_of(
        bpe(vocab, merges, continuing_subword_prefix='', end_of_word_suffix=''),
        tokens,
        pre_tokenizer=byte_level(),
        post_processor=post,
        decoder=byte_level(),
    )


def llama3(texts, size):
    vocab, merges = byte_bpe(texts, size, regex_pre_tokenizer(LLAMA3))
    names = ['<|begin_of_text|>', '<|end_of_text|>', '<|start_header_id|>', '<|end_header_id|>', '<|eot_id|>']
    post = lambda ids: sequence('processors', [byte_level(prefix=True), template(['<|begin_of_text|>'], [], ids)])
    return file_of(
        bpe(vocab, merges, ignore_merges=True),
        [added(name) for name in names],
        pre_tokenizer=split_then_bytes([LLAMA3]),
        post_processor=post,
        decoder=byte_level(prefix=True),
    )


def qwen2(texts, size, more=()):
    vocab, merges = byte_bpe(texts, size, regex_pre_tokenizer(QWEN2))
    names = ['<|endoftext|>', '<|im_start|>', '<|im_end|>']
    return file_of(
        bpe(vocab, [' '.join(merge) for merge in merges], continuing_subword_prefix='', end_of_word_suffix=''),
        [*(added(name) for name in names), *more],
        normalizer=dict(type='NFC'),
        pre_tokenizer=split_then_bytes([QWEN2]),
        post_processor=byte_level(trim=False),
        decoder=byte_level(),
    )


def qwen3(texts, size):
    return qwen2(
        texts, size, [added(name, special=False) for name in ['<tool_call>', '</tool_call>', '<think>', '</think>']]
    )


def modern_bert(texts, size):
    vocab, merges = byte_bpe(
        texts, size, pre_tokenizers.ByteLevel(add_prefix_space=False), ['|||IP_ADDRESS|||', '<|padding|>']
    )
    runs = [added(' ' * count, special=False, normalized=True) for count in range(24, 1, -1)]
    tokens = [
        added('|||IP_ADDRESS|||', special=False, normalized=True),
        added('<|padding|>'),
        *runs,
        *(added(name) for name in ['[UNK]', '[CLS]', '[SEP]', '[PAD]']),
        added('[MASK]', lstrip=True),
    ]
    return file_of(
        bpe(vocab, merges),
        tokens,
        normalizer=dict(type='NFC'),
        pre_tokenizer=byte_level(),
        post_processor=lambda ids: template(['[CLS]'], ['[SEP]'], ids),
        decoder=byte_level(),
    )


def deepseek_coder(texts, size):
    from tokenizers import Regex

    pre = pre_tokenizers.Sequence(
        [
            *(pre_tokenizers.Split(Regex(pattern), 'isolated') for pattern in DEEPSEEK_CODER),
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    vocab, merges = byte_bpe(texts, size, pre)
    tokens = [added(name, normalized=True) for name in ['<｜begin▁of▁sentence｜>', '<｜end▁of▁sentence｜>']]
    parts = [*map(split, DEEPSEEK_CODER), dict(type='Digits', individual_digits=True), byte_level(regex=False)]
    return file_of(
        bpe(vocab, merges),
        tokens,
        normalizer=sequence('normalizers', []),
        pre_tokenizer=sequence('pretokenizers', parts),
        post_processor=lambda ids: template(['<｜begin▁of▁sentence｜>'], [], ids),
        decoder=byte_level(prefix=True),
    )


def deepseek_v3(texts, size):
    patterns = [r'\p{N}{1,3}', '[一-龥぀-ゟ゠-ヿ]+', DEEPSEEK_V3]
    from tokenizers import Regex

    pre = pre_tokenizers.Sequence(
        [
            *(pre_tokenizers.Split(Regex(pattern), 'isolated') for pattern in patterns),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    vocab, merges = byte_bpe(texts, size, pre, ['<｜begin▁of▁sentence｜>', '<｜end▁of▁sentence｜>', '<｜▁pad▁｜>'])
    tokens = [
        *(added(name) for name in list(vocab)[:3]),
        added('<｜User｜>', special=False),
        added('<｜Assistant｜>', special=False),
    ]
    post = lambda ids: sequence(
        'processors', [byte_level(prefix=True, trim=False), template(['<｜begin▁of▁sentence｜>'], [], ids)]
    )
    return file_of(
        bpe(vocab, merges),
        tokens,
        normalizer=sequence('normalizers', []),
        pre_tokenizer=split_then_bytes(patterns),
        post_processor=post,
        decoder=byte_level(prefix=True),
    )


def bloom(texts, size):
    vocab, merges = byte_bpe(texts, size, regex_pre_tokenizer(BLOOM), ['<unk>', '<s>', '</s>', '<pad>'])
    return file_of(
        bpe(vocab, merges),
        [added(name) for name in list(vocab)[:4]],
        pre_tokenizer=split_then_bytes([BLOOM]),
        post_processor=byte_level(prefix=True, regex=False, trim=False),
        decoder=byte_level(prefix=True, regex=False),
    )


def clip(texts, size):
    tokenizer = Tokenizer(models.BPE(end_of_word_suffix='</w>', unk_token='<|endoftext|>'))
    from tokenizers import Regex

    lower = normalizers.Sequence([normalizers.NFC(), normalizers.Replace(Regex(r'\s+'), ' '), normalizers.Lowercase()])
    tokenizer.normalizer = lower
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(CLIP), 'removed', invert=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.train_from_iterator(
        texts,
        trainers.BpeTrainer(
            vocab_size=size,
            show_progress=False,
            end_of_word_suffix='</w>',
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            special_tokens=['<|startoftext|>', '<|endoftext|>'],
        ),
    )
    learned = model_of(tokenizer)
    for character in sorted(pre_tokenizers.ByteLevel.alphabet()):
        learned['vocab'].setdefault(character + '</w>', len(learned['vocab']))
    normal = sequence(
        'normalizers',
        [dict(type='NFC'), dict(type='Replace', pattern=dict(Regex=r'\s+'), content=' '), dict(type='Lowercase')],
    )
    post = lambda ids: dict(
        type='RobertaProcessing',
        sep=['<|endoftext|>', ids['<|endoftext|>']],
        cls=['<|startoftext|>', ids['<|startoftext|>']],
        trim_offsets=False,
        add_prefix_space=False,
    )
    model = bpe(
        learned['vocab'],
        learned['merges'],
        unk_token='<|endoftext|>',
        continuing_subword_prefix='',
        end_of_word_suffix='</w>',
    )
    return file_of(
        model,
        [added('<|startoftext|>', normalized=True), added('<|endoftext|>')],
        normalizer=normal,
        pre_tokenizer=sequence('pretokenizers', [split(CLIP, 'Removed', True), byte_level()]),
        post_processor=post,
        decoder=byte_level(),
    )


def llama2(texts, size, tokens=None):
    vocab, merges = spelled_bpe(texts, size, ['<unk>', '<s>', '</s>'])
    normal = sequence('normalizers', [dict(type='Prepend', prepend='▁'), SPACES])
    return file_of(
        bpe(vocab, [' '.join(merge) for merge in merges], unk_token='<unk>', fuse_unk=True, byte_fallback=True),
        tokens or [added(name) for name in ['<unk>', '<s>', '</s>']],
        normalizer=normal,
        post_processor=lambda ids: template(['<s>'], [], ids),
        decoder=sequence('decoders', STRIP_DECODER),
    )


def phi3(texts, size):
    rstripped = ['<|assistant|>', '<|system|>', '<|end|>', '<|user|>']
    tokens = [
        added('<unk>'),
        added('<s>'),
        added('</s>', special=False, rstrip=True),
        added('<|endoftext|>'),
        *(added(name, rstrip=True) for name in rstripped),
    ]
    return {**llama2(texts, size, tokens), 'post_processor': None}


def mistral(texts, size):
    first = ['<unk>', '<s>', '</s>', '[INST]', '[/INST]']
    vocab, merges = spelled_bpe(texts, size, first)
    pre = dict(type='Metaspace', replacement='▁', prepend_scheme='first', split=False)
    return file_of(
        bpe(vocab, merges, unk_token='<unk>', fuse_unk=True, byte_fallback=True, ignore_merges=False),
        [added(name) for name in first],
        pre_tokenizer=pre,
        post_processor=lambda ids: template(['<s>'], [], ids),
        decoder=sequence('decoders', STRIP_DECODER),
    )


def gemma(texts, size):
    first = [
        '<pad>',
        '<eos>',
        '<bos>',
        '<unk>',
        '<mask>',
        '<start_of_turn>',
        '<end_of_turn>',
        '\n\n',
        '\n\n\n',
        '▁▁',
        '▁▁▁',
        '▁▁▁▁',
        '<table>',
        '\t\t',
    ]
    vocab, merges = spelled_bpe(texts, size, first)
    seen = set()
    vocab = {token: id for token, id in vocab.items() if not (token in seen or seen.add(token))}
    tokens = [
        *(added(name) for name in first[:4]),
        added('<mask>', special=False),
        *(added(name) for name in first[5:7]),
        *(added(name, special=False) for name in first[7:]),
    ]
    return file_of(
        bpe(vocab, merges, unk_token='<unk>', fuse_unk=True, byte_fallback=True),
        tokens,
        normalizer=SPACES,
        pre_tokenizer=split(' ', 'MergedWithPrevious', kind='String'),
        post_processor=lambda ids: template(['<bos>'], [], ids),
        decoder=sequence('decoders', META_DECODER),
    )


def bert(texts, size):
    lower = normalizers.BertNormalizer()
    learned = model_of(trained('WordPiece', texts, size, pre_tokenizers.BertPreTokenizer(), lower))
    model = dict(
        type='WordPiece',
        unk_token='[UNK]',
        continuing_subword_prefix='##',
        max_input_chars_per_word=100,
        vocab=learned['vocab'],
    )
    tokens = [
        *(added(name) for name in ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]']),
        added('NewWord', special=False, normalized=True),
    ]
    return file_of(
        model,
        tokens,
        normalizer=dict(
            type='BertNormalizer', clean_text=True, handle_chinese_chars=True, strip_accents=None, lowercase=True
        ),
        pre_tokenizer=dict(type='BertPreTokenizer'),
        post_processor=lambda ids: template(['[CLS]'], ['[SEP]'], ids),
        decoder=dict(type='WordPiece', prefix='##', cleanup=True),
    )


def charsmap():
    """Some of SentencePiece's nmt_nfkc, compiled as it does: a double array over UTF-8 bytes, then the texts."""
    changed = [
        '\t',
        '\n',
        '\r',
        '\x7f',
        '\xa0',
        '\xad',
        '\u200b',
        '\u2028',
        '\u3000',
        '\ufeff',
        *'ﬁﬀ①②Ⅷ²³½ªºĳǆﾊｱ！Ａｂ９㎏㍿…',
        'e\u0301',
        'a\u0308',
    ]
    replacements = {
        text: (
            ' '
            if text.isspace() or text == '\ufeff'
            else '' if text in '\x7f\xad\u200b' else unicodedata.normalize('NFKC', text)
        )
        for text in changed
    }
    root, texts = {}, b''
    for text, replacement in replacements.items():
        node = root
        for byte in text.encode():
            node = node.setdefault(byte, {})
        node['value'] = len(texts)
        texts += replacement.encode() + b'\0'
    units = {0: 0}

    def place(node, parent):
        labels = [0 if key == 'value' else key for key in node]
        base = next(base for base in itertools.count(1) if not any(base ^ label in units for label in labels))
        for label in labels:
            units[base ^ label] = label
        units[parent] |= (base ^ parent) << 10 | (0x100 if 'value' in node else 0)
        if 'value' in node:
            units[base] = node['value']
        for key, child in node.items():
            if key != 'value':
                place(child, base ^ key)

    place(root, 0)
    array = [units.get(index, 0) for index in range(-(-(max(units) + 1) // 256) * 256)]
    trie = struct.pack(f'<{len(array)}I', *array)
    return base64.b64encode(struct.pack('<I', len(trie)) + trie + texts).decode()


PRECOMPILED = dict(type='Precompiled', precompiled_charsmap=charsmap())
META = dict(type='Metaspace', replacement='▁', add_prefix_space=True, prepend_scheme='always')


def t5(texts, size):
    model = unigram(texts, size, ['<pad>', '</s>', '<unk>'])
    names = ['<pad>', '</s>', '<unk>', *(f'<extra_id_{index}>' for index in range(4))]
    return file_of(
        model,
        [added(name) for name in names],
        normalizer=PRECOMPILED,
        pre_tokenizer=sequence('pretokenizers', [dict(type='WhitespaceSplit'), META]),
        post_processor=lambda ids: template([], ['</s>'], ids),
        decoder=META,
    )


def xlm_roberta(texts, size):
    model = unigram(texts, size, ['<s>', '<pad>', '</s>', '<unk>'])
    tokens = [*(added(name) for name in ['<s>', '<pad>', '</s>', '<unk>']), added('<mask>', lstrip=True)]
    return file_of(
        model,
        tokens,
        normalizer=PRECOMPILED,
        pre_tokenizer=sequence('pretokenizers', [dict(type='WhitespaceSplit'), META]),
        post_processor=lambda ids: template(['<s>'], ['</s>'], ids),
        decoder=META,
    )


def deberta_v2(texts, size):
    model = unigram(texts, size, ['[PAD]', '[CLS]', '[SEP]', '[UNK]'], unknown='[UNK]')
    tokens = [*(added(name) for name in ['[PAD]', '[CLS]', '[SEP]']), added('[UNK]', normalized=True), added('[MASK]')]
    normal = sequence(
        'normalizers',
        [
            dict(type='Strip', strip_left=True, strip_right=True),
            PRECOMPILED,
            dict(type='Replace', pattern=dict(Regex=' {2,}'), content=' '),
        ],
    )
    return file_of(
        model,
        tokens,
        normalizer=normal,
        pre_tokenizer=META,
        post_processor=lambda ids: template(['[CLS]'], ['[SEP]'], ids),
        decoder=META,
    )


def unigram_bytes(texts, size):
    """A unigram model that spells unknown characters in bytes."""
    model = unigram(texts, size, ['<unk>', '<s>', '</s>'], byte_fallback=True)
    normal = sequence(
        'normalizers', [dict(type='NFKC'), dict(type='Replace', pattern=dict(Regex=' {2,}'), content=' ')]
    )
    return file_of(
        model,
        [added(name) for name in ['<unk>', '<s>', '</s>']],
        normalizer=normal,
        pre_tokenizer=META,
        post_processor=lambda ids: template(['<s>'], ['</s>'], ids),
        decoder=sequence('decoders', [dict(type='ByteFallback'), META]),
    )


MAKES = dict(
    gpt2=gpt2,
    neox=neox,
    roberta=roberta,
    llama3=llama3,
    qwen2=qwen2,
    qwen3=qwen3,
    modernBert=modern_bert,
    deepseekCoder=deepseek_coder,
    deepseekV3=deepseek_v3,
    bloom=bloom,
    clip=clip,
    llama2=llama2,
    phi3=phi3,
    mistral=mistral,
    gemma=gemma,
    bert=bert,
    t5=t5,
    xlmRoberta=xlm_roberta,
    debertaV2=deberta_v2,
    unigramBytes=unigram_bytes,
)


def make(name, texts, vocab_size):
    return MAKES[name](texts, vocab_size)
