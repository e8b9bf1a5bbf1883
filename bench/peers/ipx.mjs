// ipx with the original in memory. It asks its storage anew for each picture, as it does for each request.
import { createIPX } from 'ipx';
import { takeTurns } from './turn.mjs';

takeTurns(async (bytes, { size, format, quality }) => {
  const storage = { name: 'memory', getMeta: () => ({}), getData: () => bytes };
  const ipx = createIPX({ storage });
  const asked = { enlarge: '', resize: size, fit: 'cover', format, ...(quality && { quality: `${quality}` }) };
  const { data } = await ipx('original', asked).process();
  return data;
});
