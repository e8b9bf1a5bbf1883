/**
 * What a function finds around it, method by method: the guide is a list of what there is (CFDG
 * functions-javascript-runtime-20), and a method that is missing at the edge is a 503 that no local test would show.
 */

const words = (text: string) => text.trim().split(/\s+/);

/** Global names that stay; those of this engine that are not here are taken away. */
export const GLOBALS = words(`
  Object Function Array Number String Boolean Symbol Date Promise RegExp JSON Math ArrayBuffer DataView
  Uint8Array Int8Array Uint16Array Int16Array Uint32Array Int32Array Float32Array Float64Array Uint8ClampedArray
  Error EvalError RangeError ReferenceError SyntaxError TypeError URIError globalThis undefined NaN Infinity
  parseFloat parseInt isFinite isNaN decodeURI decodeURIComponent encodeURI encodeURIComponent eval
`);

const TYPED_ARRAY = words(`
  copyWithin every fill filter find findIndex forEach includes indexOf join lastIndexOf map reduce reduceRight reverse
  some set slice sort subarray
`);

/** Methods that stay, by object. Accessors, symbols, `constructor`, `toString` and their like always stay. */
export const METHODS: Record<string, string[]> = {
  Object: words(`
    create defineProperties defineProperty freeze getOwnPropertyDescriptor getOwnPropertyDescriptors getOwnPropertyNames
    getPrototypeOf isExtensible isFrozen isSealed keys preventExtensions seal assign entries values is setPrototypeOf
  `),
  'Object.prototype': words('hasOwnProperty isPrototypeOf propertyIsEnumerable'),
  String: words('fromCharCode fromCodePoint'),
  'String.prototype': words(`
    charAt charCodeAt concat indexOf lastIndexOf match replace search slice split substr substring toLowerCase trim
    toUpperCase codePointAt endsWith includes repeat startsWith padStart padEnd trimStart trimEnd replaceAll
  `),
  Number: words('isFinite isInteger isNaN isSafeInteger parseInt parseFloat'),
  'Number.prototype': words('toExponential toFixed toPrecision'),
  Array: words('isArray of'),
  'Array.prototype': words(`
    concat every filter forEach indexOf join lastIndexOf map pop push reduce reduceRight reverse shift slice some sort
    splice unshift copyWithin fill find findIndex includes
  `),
  'Function.prototype': words('apply bind call'),
  'RegExp.prototype': words('exec test'),
  JSON: words('parse stringify'),
  Math: words(`
    abs acos acosh asin asinh atan atan2 atanh cbrt ceil clz32 cos cosh exp expm1 floor fround hypot imul log log1p log2
    log10 max min pow random round sign sinh sin sqrt tan tanh trunc
  `),
  Promise: words('all allSettled any reject resolve race'),
  'Promise.prototype': words('catch finally then'),
  Symbol: words('for keyFor'),
  ArrayBuffer: words('isView'),
  'ArrayBuffer.prototype': words('slice'),
  'Uint8Array.__proto__': words('from of'),
  'Uint8Array.__proto__.prototype': TYPED_ARRAY,
};

/** Whatever the table says: the language itself leans on these. */
export const ALWAYS = words('constructor toString valueOf toLocaleString toJSON prototype length name');
