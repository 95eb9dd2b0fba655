namespace Kademlia.Tests.Node;

public sealed class CryptoRandomTests
{
    private const int Draws = 2000;

    private readonly CryptoRandom _random = new();

    [Fact]
    public void Every_number_is_in_its_range_and_both_ends_come()
    {
        AssertSpread(() => _random.Next(3), 0, 2);
        AssertSpread(() => _random.Next(-1, 2), -1, 1);
        AssertSpread(() => (int)_random.NextInt64(3), 0, 2);
        AssertSpread(() => (int)_random.NextInt64(-1, 2), -1, 1);
        AssertSpread(() => (int)(_random.NextDouble() * 3), 0, 2);
        Assert.All(Draw(() => _random.Next()), n => Assert.InRange(n, 0, int.MaxValue - 1));
        Assert.All(Draw(_random.NextInt64), n => Assert.InRange(n, 0, long.MaxValue));
    }

    [Fact]
    public void An_empty_range_gives_its_beginning()
    {
        Assert.Equal((5, 5, 0), (_random.Next(5, 5), _random.Next(5, 6), _random.Next(0)));
        Assert.Equal((5L, 5L, 0L), (_random.NextInt64(5, 5), _random.NextInt64(5, 6), _random.NextInt64(0)));
    }

    [Fact]
    public void The_widest_range_has_numbers_of_either_sign()
    {
        long[] numbers = Draw(() => _random.NextInt64(long.MinValue, long.MaxValue));
        Assert.Contains(numbers, n => n < 0);
        Assert.Contains(numbers, n => n > 0);
        Assert.Equal(Draws, numbers.Distinct().Count());
    }

    [Fact]
    public void Bytes_are_filled_to_the_end()
    {
        byte[] bytes = new byte[Draws];
        _random.NextBytes(bytes);
        Assert.InRange(bytes.Distinct().Count(), 200, 256);
        Assert.Contains(bytes[^32..], b => b != 0);
    }

    private static T[] Draw<T>(Func<T> draw) => [.. Enumerable.Range(0, Draws).Select(_ => draw())];

    private static void AssertSpread(Func<int> draw, int least, int most)
    {
        int[] drawn = Draw(draw);
        Assert.Equal(Enumerable.Range(least, most - least + 1), drawn.Distinct().Order());
    }
}
