namespace Kademlia.Scenarios.Pictures;

/// <summary>A picture: lines over two axes.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="X">The axis across.</param>
/// <param name="Y">The axis upwards.</param>
/// <param name="Series">The lines, in the order of the legend.</param>
internal sealed record Chart(string Title, Axis X, Axis Y, IReadOnlyList<Series> Series);

/// <summary>An axis.</summary>
/// <param name="Label">What it counts, with its unit.</param>
/// <param name="IsLogarithmic">Whether each power of ten is as long as the one before.</param>
/// <param name="Least">Where it begins; null for where the figures do.</param>
/// <param name="Most">Where it ends; null for where the figures do.</param>
internal sealed record Axis(string Label, bool IsLogarithmic = false, double? Least = null, double? Most = null);

/// <summary>A line.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="Points">Its points, from left to right.</param>
/// <param name="IsStep">Whether a value holds until the next, instead of a straight line to it.</param>
internal sealed record Series(string Name, IReadOnlyList<(double X, double Y)> Points, bool IsStep = false)
{
    private const int CumulativePoints = 200;

    /// <summary>Which part of the figures is at most as large, in percent.</summary>
    /// <param name="name">What the legend calls it.</param>
    /// <param name="figures">The figures.</param>
    /// <param name="part">The part of everything that the figures are, where some did not come to one.</param>
    public static Series Cumulative(string name, Figures figures, double part = 1)
    {
        int count = Math.Min(CumulativePoints, figures.Count);
        return new Series(
            name, [.. Enumerable.Range(1, count).Select(i => (figures.Percentile((double)i / count), 100.0 * part * i / count))], IsStep: true);
    }
}
