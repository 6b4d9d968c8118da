import type { Second } from './samples.js';

interface ChartPartProps {
  readonly seconds: readonly Second[];
  readonly x: (at: number) => number;
  readonly width: number;
  readonly height: number;
}

/** A bar for each second: answered, of those retried, and failed on top, hatched so that it shows without its colour. */
export function ChartBars({ seconds, x, width, height }: ChartPartProps) {
  const most = Math.max(5, ...seconds.map(({ good, failed }) => good + failed));
  const bar = Math.max(1, width / seconds.length - 1.5);
  const tall = (count: number) => (count / most) * (height - 14);
  return (
    <>
      <text className="tick" y="8">
        {`${most} requests/s`}
      </text>
      <line className="base" x2={width} y1={height} y2={height} />
      <pattern id="hatch" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect width="4" height="4" className="hatch-ground" />
        <line y2="4" className="hatch-line" />
      </pattern>
      {seconds.map(({ at, good, retried, failed }) => (
        <g key={at} transform={`translate(${x(at)} 0)`}>
          <rect className="column good" width={bar} y={height - tall(good)} height={tall(good - retried)} />
          <rect className="column retried" width={bar} y={height - tall(retried)} height={tall(retried)} />
          <rect
            className="column failed"
            fill="url(#hatch)"
            width={bar}
            y={height - tall(good + failed)}
            height={tall(failed)}
          />
        </g>
      ))}
    </>
  );
}
