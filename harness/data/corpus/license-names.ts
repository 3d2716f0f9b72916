/** SPDX identifiers out of what people write where a licence is asked for: its name, a classifier of PyPI, its text. */

/** Words of the licence's own text. The most special first: the text of the LGPL names the GPL too. */
const phrases: readonly (readonly [RegExp, string])[] = [
  // Python's own licence file holds the texts of several.
  [/PYTHON SOFTWARE FOUNDATION LICENSE VERSION 2/i, 'PSF-2.0'],
  [/Apache License,?\s+Version 2\.0/i, 'Apache-2.0'],
  [/GNU AFFERO GENERAL PUBLIC LICENSE\s+Version 3/i, 'AGPL-3.0'],
  [/GNU LESSER GENERAL PUBLIC LICENSE\s+Version 3/i, 'LGPL-3.0'],
  [/GNU LESSER GENERAL PUBLIC LICENSE\s+Version 2\.1/i, 'LGPL-2.1'],
  [/GNU GENERAL PUBLIC LICENSE\s+Version 3/i, 'GPL-3.0'],
  [/GNU GENERAL PUBLIC LICENSE\s+Version 2/i, 'GPL-2.0'],
  [/Mozilla Public License,? (?:Version|v\.?) ?2\.0/i, 'MPL-2.0'],
  [/Permission to use, copy, modify, and\/or distribute this software/i, 'ISC'],
  [/Permission is hereby granted, free of charge, to any person obtaining a copy/i, 'MIT'],
  [/Neither the name of .{0,200} nor the names of (?:its|any|the)/is, 'BSD-3-Clause'],
  [/Redistribution and use in source and binary forms/i, 'BSD-2-Clause'],
  [/This is free and unencumbered software released into the public domain/i, 'Unlicense'],
];

/** Names as people write them, and those of PyPI's classifiers. */
const names: readonly (readonly [RegExp, string])[] = [
  [/^(?:the )?(?:mit|expat)(?:[ -]licen[sc]e)?$/i, 'MIT'],
  [
    /^(?:the )?apache(?: software)?(?:[ -]licen[sc]e)?(?:,? ?(?:version|v)?\.? ?-?2(?:\.0)?)?(?: licen[sc]e)?$/i,
    'Apache-2.0',
  ],
  [/^(?:the )?(?:new |modified |simplified )?bsd[ -]?2[ -]clause(?: licen[sc]e)?$/i, 'BSD-2-Clause'],
  [/^(?:the )?(?:(?:new |modified )?bsd(?:[ -]?3[ -]clause)?|3-clause bsd)(?: licen[sc]e)?$/i, 'BSD-3-Clause'],
  [/^isc(?: licen[sc]e(?: \(iscl\))?)?$/i, 'ISC'],
  [/^(?:mozilla public licen[sc]e 2\.0 \(mpl 2\.0\)|mpl[ -]?v?2(?:\.0)?)$/i, 'MPL-2.0'],
  [/^(?:python software foundation(?: licen[sc]e)?|psf(?:-2\.0| licen[sc]e)?|psfl)$/i, 'PSF-2.0'],
  [/^the unlicense(?: \(unlicense\))?$/i, 'Unlicense'],
  [/gnu affero general public licen[sc]e v3|^agpl-?v?3/i, 'AGPL-3.0'],
  [/gnu lesser general public licen[sc]e v3|^lgpl-?v?3/i, 'LGPL-3.0'],
  [/gnu lesser general public licen[sc]e v2|^lgpl-?v?2/i, 'LGPL-2.1'],
  [/gnu general public licen[sc]e v3|^gpl-?v?3(?!\.\d-)/i, 'GPL-3.0'],
  [/gnu general public licen[sc]e v2|^gpl-?v?2(?!\.\d-)/i, 'GPL-2.0'],
];

/** By the text of a licence file; null where its words are none we know. */
export function licenseByText(text: string): string | null {
  return phrases.find(([phrase]) => phrase.test(text))?.[1] ?? null;
}

/** By what a field says: a name, or an SPDX expression as it is; null where it says nothing that can be used. */
export function licenseByName(written: string): string | null {
  const name = written.trim().split('::').at(-1)?.trim() ?? '';
  if (name === '' || /^(?:unknown|osi approved|see licen[sc]e|licen[sc]e(?:\.\w+)?$|file:)/i.test(name)) return null;
  const known = names.find(([pattern]) => pattern.test(name))?.[1];
  if (known !== undefined) return known;
  if (name.length > 100 || name.includes('\n')) return licenseByText(name);
  return /^[\w.+()/-]+(?: (?:AND|OR|WITH) [\w.+()/-]+)*$/i.test(name) ? name : licenseByText(name);
}

/** What a file of code says of itself in its first lines (`SPDX-License-Identifier`); null = nothing. */
export function licenseInHeader(text: string): string | null {
  const found = /SPDX-License-Identifier:[ \t]*([^\n\r*]+)/.exec(text.slice(0, 2000))?.[1];
  return found === undefined ? null : licenseByName(found.replace(/(?:-->|#\}).*$/, ''));
}
