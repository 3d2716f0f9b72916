import { describe, expect, test } from 'vitest';
import { licensesOf, type ProjectFiles } from '../../../harness/data/corpus/license.ts';
import { licenseByName, licenseInHeader } from '../../../harness/data/corpus/license-names.ts';
import { isPermitted, licensesIn, permissiveLicenses } from '../../../harness/data/corpus/spdx.ts';

describe('an SPDX expression is permitted', () => {
  const allowed = ['MIT', 'Apache-2.0', 'GPL-2.0-only'];
  test.each([
    ['MIT', true],
    ['mit', true],
    ['GPL-3.0', false],
    ['(MIT OR GPL-3.0)', true],
    ['MIT AND GPL-3.0', false],
    ['MIT AND (GPL-3.0 OR Apache-2.0)', true],
    ['GPL-3.0 OR MIT AND GPL-3.0', false],
    ['Apache-2.0 WITH LLVM-exception', true],
    ['GPL-2.0', true],
    ['GPL-2.0-or-later', true],
    ['MIT/GPL-3.0', true],
    ['unknown', false],
    ['UNLICENSED', false],
    ['', false],
    ['(MIT', false],
    ['MIT MIT', false],
  ])('%s: %s', (expression, permitted) => expect(isPermitted(expression, allowed)).toBe(permitted));

  test('always, where any is; and unknown ones where the list says so', () => {
    expect(isPermitted('GPL-3.0', null)).toBe(true);
    expect(isPermitted('unknown', ['unknown'])).toBe(true);
    expect(permissiveLicenses.some((name) => /GPL|unknown/.test(name))).toBe(false);
    expect(licensesIn('(MIT OR GPL-3.0 WITH x) AND unknown')).toEqual(['MIT', 'GPL-3.0', 'x']);
  });
});

describe('a licence is known by what people write', () => {
  test.each([
    ['MIT License', 'MIT'],
    ['The MIT License', 'MIT'],
    ['Apache 2.0', 'Apache-2.0'],
    ['Apache License, Version 2.0', 'Apache-2.0'],
    ['License :: OSI Approved :: Apache Software License', 'Apache-2.0'],
    ['BSD', 'BSD-3-Clause'],
    ['BSD 3-Clause License', 'BSD-3-Clause'],
    ['BSD-2-Clause', 'BSD-2-Clause'],
    ['License :: OSI Approved :: GNU General Public License v3 (GPLv3)', 'GPL-3.0'],
    ['GPL-3.0-or-later', 'GPL-3.0-or-later'],
    ['MIT AND Python-2.0', 'MIT AND Python-2.0'],
    ['SEE LICENSE IN LICENSE.md', null],
    ['License :: OSI Approved', null],
    ['Copyright 2020 by the authors, all rights reserved', null],
  ])('%s: %s', (written, license) => expect(licenseByName(written)).toBe(license));

  test('in the first lines of a file', () => {
    expect(licenseInHeader('// SPDX-License-Identifier: MIT\nx')).toBe('MIT');
    expect(licenseInHeader('/* SPDX-License-Identifier: Apache-2.0 OR MIT */')).toBe('Apache-2.0 OR MIT');
    expect(licenseInHeader('x = 1')).toBe(null);
  });
});

describe('the licence of a file', () => {
  const project = (files: Readonly<Record<string, string>>): ProjectFiles => ({
    names: (folder) => {
      const inside = Object.keys(files).filter((file) => folder === '' || file.startsWith(`${folder}/`));
      return [
        ...new Set(inside.map((file) => file.slice(folder === '' ? 0 : folder.length + 1).split('/')[0] as string)),
      ];
    },
    text: (file) => files[file] ?? null,
  });
  const mit = 'Permission is hereby granted, free of charge, to any person obtaining a copy';

  test('is that of the nearest folder above it that says one', () => {
    const { of } = licensesOf(
      project({ LICENSE: mit, 'a/COPYING': 'GNU GENERAL PUBLIC LICENSE\nVersion 2', 'a/b/c.js': '' }),
    );
    expect([of('x.js'), of('a/x.js'), of('a/b/x.js'), of('d/x.js')]).toEqual(['MIT', 'GPL-2.0', 'GPL-2.0', 'MIT']);
    expect(licensesOf(project({ 'README.md': mit })).of('x.js')).toBe('unknown');
  });

  test.each([
    ['package.json', '{"license": "ISC"}', 'ISC'],
    ['package.json', '{"license": {"type": "MIT", "url": "x"}}', 'MIT'],
    ['package.json', '{"licenses": [{"type": "MIT"}, {"type": "GPL-2.0"}]}', '(MIT OR GPL-2.0)'],
    ['pyproject.toml', '[project]\nname = "x"\nlicense = "Apache-2.0"\n', 'Apache-2.0'],
    ['pyproject.toml', '[project]\nlicense = {text = "BSD 3-Clause"}\n', 'BSD-3-Clause'],
    [
      'pyproject.toml',
      'license = {file = "LICENSE"}\nclassifiers = [\n  "License :: OSI Approved :: MIT License",\n]',
      'MIT',
    ],
    ['setup.cfg', '[metadata]\nlicense = MIT\n', 'MIT'],
    ['PKG-INFO', 'Name: x\nLicense: MIT\n\nLicense: GPL-3.0', 'MIT'],
  ])('is taken from %s: %s', (name, text, license) => {
    expect(licensesOf(project({ [name]: text })).of('a.py')).toBe(license);
  });

  test('in a folder of installed packages is that of the package which brought it', () => {
    const { of } = licensesOf(
      project({
        'six-1.0.dist-info/METADATA': 'Name: six\nLicense: MIT\n',
        'six-1.0.dist-info/RECORD': 'six.py,sha256=x,1\nsix-1.0.dist-info/METADATA,,\n',
        'Big-2.0.dist-info/METADATA': 'Name: Big\nClassifier: License :: OSI Approved :: BSD License\n',
        'Big-2.0.dist-info/RECORD': 'big/__init__.py,sha256=x,1\nbig/a/b.py,,\n../../bin/big,,\n',
        'big/LICENSE': mit,
      }),
    );
    expect([of('six.py'), of('big/a/b.py'), of('other.py')]).toEqual(['MIT', 'BSD-3-Clause', 'unknown']);
  });
});
