namespace Kademlia.Scenarios;

/// <summary>What was measured many times.</summary>
internal sealed class Figures
{
    private readonly double[] _sorted;

    public Figures(IEnumerable<double> values) => _sorted = [.. values.Order()];

    public int Count => _sorted.Length;

    /// <summary>The mean; no number when nothing was measured.</summary>
    public double Mean => _sorted.Length > 0 ? _sorted.Average() : double.NaN;

    public double Median => Percentile(0.50);

    /// <summary>The values, the smallest first.</summary>
    public IReadOnlyList<double> Sorted => _sorted;

    /// <summary>The least value that so large a part of all does not exceed; no number when nothing was measured.</summary>
    public double Percentile(double part) =>
        _sorted.Length > 0 ? _sorted[Math.Clamp((int)Math.Ceiling(part * _sorted.Length) - 1, 0, _sorted.Length - 1)] : double.NaN;
}
