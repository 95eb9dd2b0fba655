using Kademlia.Cli.Reports;

namespace Kademlia.Cli.Commands;

/// <summary>Tells what became of a put or a delete: the key on standard output, the rest on standard error.</summary>
internal static class ReceiptOutput
{
    public static int Write(PutReceipt receipt, bool json)
    {
        if (json)
        {
            Output.WriteJson(PutReport.Of(receipt), KadJson.Default.PutReport);
        }

        if (receipt.Stored == 0)
        {
            throw new CliException(ExitCode.Failed, WhyNot(receipt));
        }

        if (!json)
        {
            Output.WriteLine(receipt.Key.ToString());
            Output.Remark(Summarise(receipt));
        }

        return ExitCode.Done;
    }

    private static string Summarise(PutReceipt receipt)
    {
        string what = receipt.Record.IsTombstone ? "deleted" : "stored";
        return $"{what} on {receipt.Stored} of {receipt.Wanted} nodes in {receipt.Statistics.Elapsed.TotalMilliseconds:0.0} ms";
    }

    private static string WhyNot(PutReceipt receipt)
    {
        if (receipt.Newer is Record newer)
        {
            return $"No node stored it: a newer version exists, sequence {newer.Sequence}. Check this machine's clock, and put again.";
        }

        IEnumerable<string> outcomes = receipt.Verdicts
            .GroupBy(verdict => verdict.Outcome)
            .OrderBy(group => group.Key)
            .Select(group => $"{group.Count()} {Describe(group.Key)}");
        return $"No node stored it ({string.Join(", ", outcomes)}); try again.";
    }

    private static string Describe(StoreOutcome outcome) => outcome switch
    {
        StoreOutcome.Stored => "stored it",
        StoreOutcome.Older => "held a newer one",
        StoreOutcome.Conflict => "held another one of the same sequence",
        StoreOutcome.Full => "had no room",
        StoreOutcome.Refused => "refused",
        _ => "did not answer",
    };
}
