/** The licence of a folder of code, by its package.json or by the words of its licence file. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readText } from '../read-text.ts';

/** The most special first: the text of the LGPL names the GPL too. */
const phrases: readonly (readonly [RegExp, string])[] = [
  [/Apache License\s+Version 2\.0/i, 'Apache-2.0'],
  [/GNU AFFERO GENERAL PUBLIC LICENSE\s+Version 3/i, 'AGPL-3.0'],
  [/GNU LESSER GENERAL PUBLIC LICENSE\s+Version 3/i, 'LGPL-3.0'],
  [/GNU LESSER GENERAL PUBLIC LICENSE\s+Version 2\.1/i, 'LGPL-2.1'],
  [/GNU GENERAL PUBLIC LICENSE\s+Version 3/i, 'GPL-3.0'],
  [/GNU GENERAL PUBLIC LICENSE\s+Version 2/i, 'GPL-2.0'],
  [/Mozilla Public License,? (?:Version|v\.?) ?2\.0/i, 'MPL-2.0'],
  [/Permission to use, copy, modify, and\/or distribute this software/i, 'ISC'],
  [/Permission is hereby granted, free of charge, to any person obtaining a copy/i, 'MIT'],
  [/Neither the name of .{0,200} nor the names of its contributors/is, 'BSD-3-Clause'],
  [/Redistribution and use in source and binary forms/i, 'BSD-2-Clause'],
  [/This is free and unencumbered software released into the public domain/i, 'Unlicense'],
];

const licenseFile = /^(?:licen[sc]e|copying)(?:[.-].*)?$/i;

/** An SPDX identifier; `unknown` where nothing says it. */
export function folderLicense(folder: string): string {
  const declared = declaredLicense(folder);
  if (declared !== null) return declared;
  const file = readdirSync(folder)
    .sort()
    .find((name) => licenseFile.test(name));
  const text = file === undefined ? null : readText(join(folder, file));
  return text === null ? 'unknown' : (phrases.find(([phrase]) => phrase.test(text))?.[1] ?? 'unknown');
}

function declaredLicense(folder: string): string | null {
  const text = readText(join(folder, 'package.json'));
  if (text === null) return null;
  try {
    const { license } = JSON.parse(text) as { readonly license?: unknown };
    return typeof license === 'string' && license !== '' ? license : null;
  } catch {
    return null;
  }
}
