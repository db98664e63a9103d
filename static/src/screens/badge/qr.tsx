/** A QR code drawn on this phone: dark on light in every theme, with the quiet edge that scanners ask for. */
import { encode } from 'uqr';

export function Qr({ words, label, ecc, testid }: { words: string; label: string; ecc: 'L' | 'M'; testid?: string }) {
  const { data, size } = encode(words, { ecc, border: 4 });
  let path = '';
  for (let y = 0; y < size; y += 1) for (let x = 0; x < size; x += 1) if (data[y]![x]) path += `M${x} ${y}h1v1h-1z`;
  return (
    <svg role="img" aria-label={label} viewBox={`0 0 ${size} ${size}`} shape-rendering="crispEdges" data-testid={testid} data-words={words}>
      <path fill="#fff" d={`M0 0h${size}v${size}H0z`} /><path fill="#000" d={path} />
    </svg>
  );
}
