/** Multiplies a colour's opacity by `alpha`, for fills behind lines. Themes write colours as hex or rgb(). */
export function faded(color: string, alpha: number): string {
  const hex = color.match(/^#([\da-f]{3,8})$/i)?.[1];
  if (hex) {
    const long = hex.length <= 4 ? [...hex].map((digit) => digit + digit).join('') : hex;
    const channel = (at: number): number => parseInt(long.slice(at, at + 2), 16);
    return rgba([channel(0), channel(2), channel(4)], alpha * (long.length === 8 ? channel(6) / 255 : 1));
  }
  const parts = color
    .match(/^rgba?\(([^)]+)\)$/)?.[1]
    ?.split(/[\s,/]+/)
    .map(Number);
  if (parts && parts.length >= 3 && parts.every((part) => !Number.isNaN(part))) {
    return rgba(parts.slice(0, 3), alpha * (parts[3] ?? 1));
  }
  return color;
}

function rgba(channels: number[], alpha: number): string {
  return `rgba(${channels.join(', ')}, ${Number(alpha.toFixed(3))})`;
}
