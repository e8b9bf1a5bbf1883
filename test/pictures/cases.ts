/** What a URL says and, beside it, what has to be done: written down twice, by hand. Everything comes out as PNG. */
import type { Steps } from './naive.ts';

const wide = { width: 150, height: 60 };
const tall = { width: 60, height: 150 };
const box = { width: 120, height: 90 };

export const RESIZES: [query: string, steps: Steps][] = [
  ['d=120x90,f=png', box],
  ['d=150x60,f=png', wide],
  ['d=60x150,f=png', tall],
  ['d=37x,f=png', { width: 37 }],
  ['d=x111,f=png', { height: 111 }],
  ['w=120&h=90&f=png', { ...box, enlarge: false }],
  ['d=120x90&dpr=1.5&f=png', { width: 180, height: 135 }],
  ['p=small&f=png', box],
  ['d=700x,f=png', { width: 700 }],
  ['d=120x90,v=2,f=png', box],
  ['d=150x60,fit=cover,f=png', wide],
  ['d=150x60,fit=contain,f=png', { ...wide, fit: 'contain' }],
  ['d=60x150,fit=contain,bg=ff8000,f=png', { ...tall, fit: 'contain', around: { r: 255, g: 128, b: 0, alpha: 1 } }],
  ['d=60x150,fit=contain,bg=0000ff80,f=png', { ...tall, fit: 'contain', around: { r: 0, g: 0, b: 255, alpha: 0.5 } }],
  ['d=150x60,fit=inside,f=png', { ...wide, fit: 'inside' }],
  ['d=150x60,fit=outside,f=png', { ...wide, fit: 'outside' }],
  ['d=150x60,fit=fill,f=png', { ...wide, fit: 'fill' }],
  ['d=2000x1000,up=0,f=png', { width: 2000, height: 1000, enlarge: false }],
  ['d=2000x1000,fit=inside,up=0,f=png', { width: 2000, height: 1000, fit: 'inside', enlarge: false }],
];

export const POSITIONS: [query: string, steps: Steps][] = [
  ['d=60x150,pos=n,f=png', { ...tall, keep: { x: 0.5, y: 0 } }],
  ['d=60x150,pos=ne,f=png', { ...tall, keep: { x: 1, y: 0 } }],
  ['d=60x150,pos=e,f=png', { ...tall, keep: { x: 1, y: 0.5 } }],
  ['d=60x150,pos=se,f=png', { ...tall, keep: { x: 1, y: 1 } }],
  ['d=150x60,pos=s,f=png', { ...wide, keep: { x: 0.5, y: 1 } }],
  ['d=150x60,pos=sw,f=png', { ...wide, keep: { x: 0, y: 1 } }],
  ['d=60x150,pos=w,f=png', { ...tall, keep: { x: 0, y: 0.5 } }],
  ['d=150x60,pos=nw,f=png', { ...wide, keep: { x: 0, y: 0 } }],
  ['d=60x150,pos=fp:0.3:0.5,f=png', { ...tall, point: { x: 0.3, y: 0.5 } }],
  ['d=150x60,pos=fp:0.1:0.72,f=png', { ...wide, point: { x: 0.1, y: 0.72 } }],
];

export const EFFECTS: [query: string, steps: Steps][] = [
  ['d=150x60,rot=90,f=png', { ...wide, rotate: 90 }],
  ['d=150x60,rot=180,f=png', { ...wide, rotate: 180 }],
  ['d=60x150,pos=n,rot=270,f=png', { ...tall, keep: { x: 0.5, y: 0 }, rotate: 270 }],
  ['d=120x90,flip=h,f=png', { ...box, mirror: true }],
  ['d=120x90,flip=v,f=png', { ...box, overturn: true }],
  ['d=120x90,flip=hv,f=png', { ...box, mirror: true, overturn: true }],
  ['d=60x150,pos=w,rot=90,flip=h,f=png', { ...tall, keep: { x: 0, y: 0.5 }, rotate: 90, mirror: true }],
  ['rot=90&f=png', { rotate: 90 }],
  ['d=120x90,gray=1,f=png', { ...box, grey: true }],
  ['d=120x90,blur=3,f=png', { ...box, blur: 3 }],
  ['d=120x90,sharp=5,f=png', { ...box, sharpen: 5 }],
  ['d=120x90,sharp=10,rot=180,gray=1,f=png', { ...box, rotate: 180, grey: true, sharpen: 10 }],
  ['d=120x90,icc=keep,f=png', box],
];
