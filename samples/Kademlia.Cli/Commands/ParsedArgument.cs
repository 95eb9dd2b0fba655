using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Kademlia.Cli.Commands;

/// <summary>Arguments and options that their own types read, with messages that say what is expected.</summary>
internal static class ParsedArgument
{
    public static Argument<T> Of<T>(string name, string description)
        where T : struct, IParsable<T> => new(name)
        {
            Description = description,
            CustomParser = result => Parse<T>(result, result.Tokens[0].Value, prefix: ""),
        };

    /// <summary>An option that may be repeated.</summary>
    public static Option<T[]> ListOf<T>(string name, string helpName, string description)
        where T : IParsable<T> => new(name)
        {
            Description = description,
            HelpName = helpName,
            CustomParser = result => [.. result.Tokens.Select(token => Parse<T>(result, token.Value, $"{name} {token.Value}: ")!)],
        };

    /// <summary>A whole number between two bounds.</summary>
    public static Option<int> Number(
        string name, string helpName, string description, int defaultValue, int least, int most) => new(name)
        {
            Description = description,
            HelpName = helpName,
            DefaultValueFactory = _ => defaultValue,
            CustomParser = result => ParseNumber(result, name, least, most),
        };

    private static int ParseNumber(ArgumentResult result, string name, int least, int most)
    {
        string text = result.Tokens[0].Value;
        bool valid = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && number >= least
            && number <= most;
        if (!valid)
        {
            result.AddError($"{name} takes a number from {least} to {most}; this is \"{text}\".");
        }

        return number;
    }

    private static T? Parse<T>(ArgumentResult result, string text, string prefix)
        where T : IParsable<T>
    {
        try
        {
            return T.Parse(text, CultureInfo.InvariantCulture);
        }
        catch (FormatException e)
        {
            result.AddError(prefix + e.Message);
            return default;
        }
    }
}
