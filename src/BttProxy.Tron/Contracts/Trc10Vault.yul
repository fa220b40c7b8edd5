// SPDX-License-Identifier: MIT

// A TRC-10 token as a TRC-20 one, so that BttChannels can hold it: deposit() with the TRC-10 tokens attached, withdraw(amount) pays
// them out. One unit inside is one unit outside, nobody owns it and nothing changes it. Yul, because the stock compiler knows
// TRON's opcodes only as `verbatim`. The constructor's one argument is the token's id.
object "Trc10Vault" {
    code {
        // Yul's deployment code has no argument decoder: the id is the last word of the code.
        codecopy(0, sub(codesize(), 32), 32)
        let id := mload(0)
        // Ids up to 1,000,000 are none; also refuses what was deployed without an id.
        if or(iszero(gt(id, 1000000)), shr(63, id)) { revert(0, 0) }
        if callvalue() { revert(0, 0) }
        datacopy(0, dataoffset("Runtime"), datasize("Runtime"))
        setimmutable(0, "tokenId", id)
        return(0, datasize("Runtime"))
    }
    object "Runtime" {
        code {
            // CALLTOKENVALUE 0xd2, CALLTOKENID 0xd3, TOKENBALANCE 0xd1, CALLTOKEN 0xd0 (java-tron, OpCode).
            function attachedAmount() -> amount { amount := verbatim_0i_1o(hex"d2") }
            function attachedId() -> id { id := verbatim_0i_1o(hex"d3") }
            function tokenBalance(owner, id) -> amount { amount := verbatim_2i_1o(hex"d1", id, owner) }
            function sendToken(to, amount, id) -> success { success := verbatim_8i_1o(hex"d0", gas(), to, amount, id, 0, 0, 0, 0) }

            if callvalue() { revert(0, 0) }
            if lt(calldatasize(), 4) { revert(0, 0) }
            let selector := shr(224, calldataload(0))
            if eq(selector, 0xd0e30db0) { deposit() stop() }

            // Everything else refuses attached tokens: they would be lost.
            if attachedAmount() { revert(0, 0) }
            switch selector
            case 0x2e1a7d4d { withdraw(word(0)) stop() }
            case 0xa9059cbb { move(caller(), account(0), word(1)) answer(1) }
            case 0x23b872dd { spend(account(0), word(2)) move(account(0), account(1), word(2)) answer(1) }
            case 0x095ea7b3 { approve(account(0), word(1)) answer(1) }
            case 0x70a08231 { answer(sload(account(0))) }
            case 0xdd62ed3e { answer(sload(allowanceSlot(account(0), account(1)))) }
            case 0x18160ddd { answer(tokenBalance(address(), loadimmutable("tokenId"))) }
            case 0x313ce567 { answer(6) }
            case 0x95d89b41 { answerText("vTRC10", 6) }
            case 0x06fdde03 { answerText("TRC-10 in BttChannels", 21) }
            case 0x17d70f7c { answer(loadimmutable("tokenId")) }
            default { revert(0, 0) }

            function deposit() {
                let amount := attachedAmount()
                if iszero(and(eq(attachedId(), loadimmutable("tokenId")), gt(amount, 0))) { revert(0, 0) }
                credit(caller(), amount)
                logTransfer(0, caller(), amount)
            }

            // The balance first: the receiver may be a contract that calls back.
            function withdraw(amount) {
                debit(caller(), amount)
                logTransfer(caller(), 0, amount)
                if iszero(sendToken(caller(), amount, loadimmutable("tokenId"))) { revert(0, 0) }
            }

            function move(from, to, amount) {
                if iszero(to) { revert(0, 0) }
                debit(from, amount)
                credit(to, amount)
                logTransfer(from, to, amount)
            }

            // All ones stays as it is.
            function spend(owner, amount) {
                let slot := allowanceSlot(owner, caller())
                let allowed := sload(slot)
                if lt(allowed, amount) { revert(0, 0) }
                if not(allowed) { sstore(slot, sub(allowed, amount)) }
            }

            function approve(spender, amount) {
                sstore(allowanceSlot(caller(), spender), amount)
                mstore(0, amount)
                log3(0, 32, 0x8c5be1e5ebec7d5bd14f71427d1e84f3dd0314c0f7b2291e5b200ac8c7c3b925, caller(), spender)
            }

            // A balance stands at the owner's address. No sum overflows: all amounts are parts of a supply below 2^63.
            function credit(owner, amount) { sstore(owner, add(sload(owner), amount)) }

            function debit(owner, amount) {
                let held := sload(owner)
                if lt(held, amount) { revert(0, 0) }
                sstore(owner, sub(held, amount))
            }

            function allowanceSlot(owner, spender) -> slot {
                mstore(0, owner)
                mstore(32, spender)
                slot := keccak256(0, 64)
            }

            function logTransfer(from, to, amount) {
                mstore(0, amount)
                log3(0, 32, 0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef, from, to)
            }

            function word(index) -> value {
                let offset := add(4, mul(index, 32))
                if lt(calldatasize(), add(offset, 32)) { revert(0, 0) }
                value := calldataload(offset)
            }

            function account(index) -> value {
                value := word(index)
                if shr(160, value) { revert(0, 0) }
            }

            function answer(value) {
                mstore(0, value)
                return(0, 32)
            }

            function answerText(text, length) {
                mstore(0, 32)
                mstore(32, length)
                mstore(64, text)
                return(0, 96)
            }
        }
    }
}
